using Rollcall.Sources;
using Rollcall.TestKit;
using Rollcall.TestKit.Sources;
using Rollcall.Watching;

namespace Rollcall.Tests.Sources;

public sealed class RollcallSourceTests : IAsyncLifetime
{
    private static readonly Endpoint A = new("o-1", "10.0.0.1", 80);
    private static readonly Endpoint B = new("o-2", "10.0.0.2", 80);
    private static readonly ServiceTarget Orders = ServiceTarget.Parse("rollcall:///orders");

    private readonly VirtualTime _time = new();
    private FakeNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await FakeNode.StartAsync(_time);

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Every_field_of_an_instance_arrives()
    {
        var all = new Endpoint("o-1", "10.0.0.5", new SmallMap<int>([new("http", 8080), new("admin", 8081)]))
        {
            State = EndpointState.NotReady,
            Reason = "warming up",
            Weight = 50,
            Zone = "a",
            Node = "m7",
            Metadata = new SmallMap<string>([new("version", "v2")]),
            Since = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        };
        _node.Set("orders", all);

        var set = await Source().DiscoverAsync(Orders, CancellationToken.None);

        Assert.Equal(all, Assert.Single(set.Endpoints));
    }

    [Fact]
    public async Task The_revision_named_as_applied_is_that_of_the_last_snapshot_consumed()
    {
        _node.Set("orders", A);
        var source = Source(options => options.WatcherName = "checkout-1");
        await using var watch = new WatchRecorder(source, Orders);
        await Eventually.True(() => _node.Applied.GetValueOrDefault("checkout-1") == 1);

        watch.Pause();
        var draining = _node.Set("orders", A with { State = EndpointState.Draining });
        await Eventually.True(() => watch.Last!.Endpoints[0].State == EndpointState.Draining);
        Assert.Equal(1, _node.Applied["checkout-1"]);

        watch.Resume();
        await Eventually.True(() => _node.Applied["checkout-1"] == draining);
    }

    [Fact]
    public async Task A_shared_watch_names_a_revision_only_after_its_views_have_applied_it()
    {
        _node.Set("orders", A);
        await using var resolver = new ServiceResolver(Source(options => options.WatcherName = "checkout-1"), time: _time);
        using var watch = resolver.Watch(Orders);
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        using var view = watch.View<EndpointSet>((set, _) =>
        {
            if (set.Endpoints[0].State == EndpointState.Draining)
            {
                entered.Set();
                leave.Wait(Eventually.Limit);
            }

            return set;
        });
        await Eventually.True(() => _node.Applied.GetValueOrDefault("checkout-1") == 1);

        var draining = _node.Set("orders", A with { State = EndpointState.Draining });
        await Eventually.True(() => entered.IsSet);
        Assert.Equal(1, _node.Applied["checkout-1"]);

        leave.Set();
        await Eventually.True(() => _node.Applied["checkout-1"] == draining);
        Assert.Equal(EndpointState.Draining, view.Current!.Endpoints[0].State);
    }

    [Fact]
    public async Task Asking_once_makes_no_watcher()
    {
        _node.Set("orders", A);

        await Source().DiscoverAsync(Orders, CancellationToken.None);

        Assert.Empty(_node.Applied);
        Assert.Equal(["/api/services/orders"], _node.Requests);
    }

    [Fact]
    public async Task Asking_once_for_what_does_not_exist_is_an_empty_set()
    {
        var set = await Source().DiscoverAsync(Orders, CancellationToken.None);

        Assert.Empty(set.Endpoints);
        Assert.True(set.Freshness.IsLive);
    }

    [Fact]
    public async Task Filters_are_passed_on_and_their_watcher_has_a_name_of_its_own()
    {
        _node.Set("orders", A with { Zone = "a", Metadata = new SmallMap<string>([new("version", "v 2")]) }, B with { Zone = "a" }, B with { Id = "o-3", Zone = "b" });
        var source = Source(options => options.WatcherName = "checkout-1");
        await using var all = new WatchRecorder(source, Orders);
        await using var some = new WatchRecorder(source, ServiceTarget.Parse("rollcall:///orders?zone=a&meta.version=v%202"));

        await Eventually.True(() => all.Last is not null && some.Last is not null);

        Assert.Equal(3, all.Last!.Endpoints.Length);
        Assert.Equal("o-1", Assert.Single(some.Last!.Endpoints).Id);
        await Eventually.True(() => _node.Applied.Count == 2);
        Assert.All(_node.Applied.Keys, static name => Assert.StartsWith("checkout-1", name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_that_lost_its_data_is_followed_with_revisions_that_still_grow()
    {
        for (var i = 0; i < 5; i++)
            _node.Set("orders", A with { Weight = i });
        await using var watch = new WatchRecorder(Source(), Orders);
        await Eventually.True(() => watch.Last is not null);

        _node.LoseData();
        await Eventually.True(() => watch.Last!.Endpoints.IsEmpty);
        _node.Set("orders", B);
        await Eventually.True(() => watch.Last!.Endpoints is [{ Id: "o-2" }]);

        Assert.Equal(watch.Seen.Select(static set => set.Revision).Order(), watch.Seen.Select(static set => set.Revision));
        Assert.Equal(watch.Seen.Length, watch.Seen.DistinctBy(static set => set.Revision).Count());
        Assert.All(watch.Seen, static set => Assert.True(set.Freshness.IsLive));
    }

    [Fact]
    public async Task A_node_that_lost_its_data_and_came_to_the_same_revision_again_is_not_mistaken_for_unchanged()
    {
        _node.Set("orders", A);
        await using var watch = new WatchRecorder(Source(), Orders, paused: true);
        await Eventually.True(() => watch.Last is not null);

        _node.LoseData();
        Assert.Equal(1, _node.Set("orders", B));
        watch.Resume();

        await Eventually.True(() => watch.Last!.Endpoints is [{ Id: "o-2" }]);
    }

    [Fact]
    public async Task A_frozen_node_is_noticed_within_the_wait_and_a_little_more()
    {
        _node.Set("orders", A);
        await using var watch = new WatchRecorder(Source(), Orders);
        await Eventually.True(() => watch.Last is not null && _node.Requests.Count == 2);
        var from = _time.GetUtcNow();

        _node.Behave(FakeNodeMode.Frozen);
        await _time.AdvanceUntilAsync(() => !watch.Last!.Freshness.IsLive, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30));

        // 10 s of waiting, a sixteenth of jitter that the node may add, 3 s for the answer.
        Assert.InRange((_time.GetUtcNow() - from).TotalSeconds, 13, 14.5);
        Assert.Contains("no answer within", watch.Last!.Freshness.Reason, StringComparison.Ordinal);
        Assert.Single(watch.Last.Endpoints);

        _node.Behave(FakeNodeMode.Healthy);
        await _time.AdvanceUntilAsync(() => watch.Last.Freshness.IsLive, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_node_that_answers_blocking_queries_at_once_is_not_asked_in_a_tight_loop()
    {
        _node.Set("orders", A);
        _node.Behave(FakeNodeMode.Hasty);
        await using var watch = new WatchRecorder(Source(), Orders);
        await Eventually.True(() => _node.Requests.Count == 2);

        // Virtual time stands still, so the pause before the third query does not pass.
        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        Assert.Equal(2, _node.Requests.Count);

        await _time.AdvanceUntilAsync(() => _node.Requests.Count == 3, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2));
        Assert.Single(watch.Seen);
    }

    [Theory]
    [InlineData(FakeNodeMode.Busy, "told to be busy")]
    [InlineData(FakeNodeMode.Garbage, "in a form no Rollcall node uses")]
    public async Task An_answer_that_is_no_state_is_a_failure_with_its_reason(FakeNodeMode mode, string reason)
    {
        _node.Set("orders", A);
        _node.Behave(mode);

        var error = await Assert.ThrowsAsync<DiscoveryException>(() => Source().DiscoverAsync(Orders, CancellationToken.None).AsTask());

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_a_node_fails_the_next_is_asked_and_nothing_goes_stale()
    {
        await using var second = await FakeNode.StartAsync(_time);
        _node.Set("orders", A);
        second.Set("orders", A);
        second.Set("orders", A, B);
        var target = ServiceTarget.Parse($"rollcall://{_node.Url.Authority},{second.Url.Authority}/orders");
        await using var watch = new WatchRecorder(Source(), target);
        await Eventually.True(() => watch.Last is not null);
        Assert.Empty(second.Requests);

        _node.Behave(FakeNodeMode.Reset);
        await Eventually.True(() => watch.Last!.Endpoints.Length == 2);
        Assert.All(watch.Seen, static set => Assert.True(set.Freshness.IsLive));

        // And round again, once the first is back.
        _node.Behave(FakeNodeMode.Healthy);
        second.Behave(FakeNodeMode.Reset);
        await Eventually.True(() => watch.Last!.Endpoints.Length == 1);
        Assert.All(watch.Seen, static set => Assert.True(set.Freshness.IsLive));

        _node.Behave(FakeNodeMode.Reset);
        await Eventually.True(() => !watch.Last!.Freshness.IsLive);
    }

    [Fact]
    public async Task Asking_once_tries_every_node()
    {
        await using var second = await FakeNode.StartAsync(_time);
        second.Set("orders", A);
        _node.Behave(FakeNodeMode.Reset);
        var target = ServiceTarget.Parse($"rollcall://{_node.Url.Authority},{second.Url.Authority}/orders");

        Assert.Single((await Source().DiscoverAsync(target, CancellationToken.None)).Endpoints);
    }

    [Fact]
    public async Task Nobody_at_home_says_where_nobody_was()
    {
        var error = await Assert.ThrowsAsync<DiscoveryException>(
            () => Source().DiscoverAsync(ServiceTarget.Parse("rollcall://127.0.0.1:1/orders"), CancellationToken.None).AsTask());

        Assert.Contains("connection refused", error.Message, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5, 3, "watcher")]
    [InlineData(301, 3, "watcher")]
    [InlineData(10, 0, "watcher")]
    [InlineData(10, 3, "")]
    [InlineData(10, 3, "w\u00e4cher")]
    public void Options_out_of_range_are_refused(double wait, double answer, string watcher) =>
        Assert.Throws<ArgumentException>(() => new RollcallSource(new RollcallSourceOptions
        {
            Wait = TimeSpan.FromSeconds(wait),
            AnswerTimeout = TimeSpan.FromSeconds(answer),
            WatcherName = watcher,
        }));

    private RollcallSource Source(Action<RollcallSourceOptions>? configure = null)
    {
        var options = new RollcallSourceOptions { Nodes = { _node.Url } };
        configure?.Invoke(options);
        return new RollcallSource(options, _time, new Random(1));
    }
}
