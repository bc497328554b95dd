using Rollcall.Registration;
using Rollcall.TestKit;

namespace Rollcall.Tests.Registration;

public sealed class ServiceRegistrationTests : IAsyncLifetime
{
    private readonly RecordingLogger<ServiceRegistration> _logger = new();
    private FakeNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await FakeNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    // A ttl of a second: the real clock renews three times a second.
    private static Announcement Announcement(string id = "o-1") => ProtocolRun.Announcement(id, ttl: TimeSpan.FromSeconds(1));

    private ServiceRegistration Start(params string[] urls)
    {
        var registration = new ServiceRegistration(
            new RegistrationOptions { Nodes = urls.Length > 0 ? urls : [_node.Url] }, random: new Random(1), logger: _logger);
        registration.Start();
        return registration;
    }

    [Fact]
    public async Task An_instance_is_announced_renewed_drained_and_withdrawn()
    {
        await using var registration = Start();
        await registration.AnnounceAsync(Announcement());
        await Eventually.Within(registration.WaitUntilRegisteredAsync());
        Assert.Equal(8080, _node.Find("orders/o-1")!.Document.Ports!["http"]);
        Assert.Null(_node.Find("orders/o-1")!.Owner);

        await Eventually.True(() => _node.Count("POST /api/renew") >= 2);
        var drained = Assert.Single(await Eventually.Within(registration.DrainAsync()));
        Assert.True(drained.IsDrained);
        Assert.Equal("draining", _node.Find("orders/o-1")!.State);

        Assert.True(await Eventually.Within(registration.WithdrawAsync()));
        Assert.Empty(_node.Keys);
        Assert.Empty(registration.Current);
    }

    [Fact]
    public async Task A_secret_makes_it_the_owner_of_what_it_announces()
    {
        await using var registration = new ServiceRegistration(new RegistrationOptions { Nodes = [_node.Url], Owner = "s3cret" });
        registration.Start();

        await registration.AnnounceAsync(Announcement());

        await Eventually.Within(registration.WaitUntilRegisteredAsync());
        Assert.Equal("s3cret", _node.Find("orders/o-1")!.Owner);
        Assert.True(await Eventually.Within(registration.WithdrawAsync()));
    }

    [Fact]
    public async Task It_starts_without_a_node_and_gets_through_when_there_is_one()
    {
        await _node.DieAsync();
        await using var registration = Start();
        await registration.AnnounceAsync(Announcement());
        await Eventually.True(() => _logger.Lines.Any(static line => line.StartsWith("Warning", StringComparison.Ordinal)));

        await _node.ComeBackAsync();

        await Eventually.Within(registration.WaitUntilRegisteredAsync());
        await Eventually.True(() => _logger.Lines.Any(static line => line.StartsWith("Information: The node answers again", StringComparison.Ordinal)));
        Assert.Single(_logger.Lines, static line => line.StartsWith("Warning", StringComparison.Ordinal));
        Assert.Contains("Start one with `rollcall serve`", _logger.Lines.First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_is_killed_and_comes_back_empty_is_told_everything_again()
    {
        await using var registration = Start();
        await registration.AnnounceAsync(Announcement("a"));
        await registration.AnnounceAsync(Announcement("b"));
        await registration.SetStatusAsync("orders", "b", EndpointState.NotReady, "warming up");
        await Eventually.True(() => _node.Find("orders/b")?.State == "not-ready");

        await _node.DieAsync();
        _node.ForgetEverything();
        await _node.ComeBackAsync();

        await Eventually.True(() => _node.Find("orders/a")?.State == "ready" && _node.Find("orders/b") is { State: "not-ready", Reason: "warming up" });
    }

    [Fact]
    public async Task Another_node_takes_over()
    {
        await using var second = await FakeNode.StartAsync();
        await using var registration = Start(_node.Url, second.Url);
        await registration.AnnounceAsync(Announcement());
        await Eventually.Within(registration.WaitUntilRegisteredAsync());
        Assert.Empty(second.Keys);

        await _node.DieAsync();

        await Eventually.True(() => second.Keys is ["orders/o-1"]);
    }

    [Fact]
    public async Task A_drain_that_is_not_confirmed_ends_with_its_time_and_names_who_has_not()
    {
        _node.DrainsMayComplete = new TaskCompletionSource();
        await using var registration = Start();
        await registration.AnnounceAsync(Announcement());
        await Eventually.Within(registration.WaitUntilRegisteredAsync());

        var drained = Assert.Single(await Eventually.Within(registration.DrainAsync(TimeSpan.FromSeconds(0.7))));

        Assert.False(drained.IsDrained);
        Assert.True(drained.IsDraining);
        Assert.Equal("stuck", Assert.Single(drained.Drain!.Waiting).Id);
    }

    [Fact]
    public async Task Without_a_node_drain_and_withdraw_end_with_their_time()
    {
        await using var registration = new ServiceRegistration(
            new RegistrationOptions { Nodes = [_node.Url], DeregisterTimeout = TimeSpan.FromSeconds(0.3) }, random: new Random(1), logger: _logger);
        registration.Start();
        await registration.AnnounceAsync(Announcement());
        await Eventually.Within(registration.WaitUntilRegisteredAsync());
        await _node.DieAsync();

        var drained = Assert.Single(await Eventually.Within(registration.DrainAsync(TimeSpan.FromSeconds(0.3))));
        Assert.False(drained.IsDrained);
        Assert.False(await Eventually.Within(registration.WithdrawAsync()));
    }

    [Fact]
    public async Task An_id_taken_by_a_predecessor_is_left_to_it()
    {
        _node.Put("orders/o-1", "predecessor");
        await using var registration = Start();

        await registration.AnnounceAsync(Announcement() with { RenameOnConflict = true });

        await Eventually.Within(registration.WaitUntilRegisteredAsync());
        Assert.Equal(2, _node.Keys.Count);
        Assert.Equal("orders/" + Assert.Single(registration.Current).Id, _node.Keys[1]);
    }

    [Fact]
    public async Task An_announcement_that_breaks_rules_is_refused_with_every_one()
    {
        await using var registration = Start();

        var error = await Assert.ThrowsAsync<ArgumentException>(() => registration.AnnounceAsync(new Announcement("Orders!", "", "")
        {
            Ports = new Dictionary<string, int> { ["http"] = 0 },
            Ttl = TimeSpan.FromMilliseconds(1),
            Weight = 101,
            Zone = "A",
        }));

        Assert.All(
            ["service 'Orders!'", "instance id", "address", "port http is 0", "ttl", "weight is 101", "zone 'A'"],
            part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Disposing_ends_it_promptly_while_a_node_does_not_answer()
    {
        var asked = new TaskCompletionSource();
        _node.OnDrain = () =>
        {
            asked.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, TestContext.Current.CancellationToken);
        };
        var registration = Start();
        await registration.AnnounceAsync(Announcement());
        await Eventually.Within(registration.WaitUntilRegisteredAsync());
        var draining = registration.DrainAsync(TimeSpan.FromMinutes(5));
        await Eventually.Within(asked.Task);

        await Eventually.Within(registration.DisposeAsync().AsTask());

        await Eventually.Within(draining);
        _node.OnDrain = static () => Task.CompletedTask;
    }
}
