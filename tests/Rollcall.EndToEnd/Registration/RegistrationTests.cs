using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rollcall.Registration;
using Rollcall.Sources;
using Rollcall.TestKit;
using Rollcall.Watching;

namespace Rollcall.EndToEnd.Registration;

/// <summary>Registration and the node, each the real one.</summary>
public sealed class RegistrationTests : IAsyncLifetime
{
    private static readonly Announcement Orders = new("orders", "o-1", "127.0.0.1")
    {
        Ports = new Dictionary<string, int> { ["http"] = 8080 },
        Ttl = TimeSpan.FromSeconds(1),
    };

    private RealNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await RealNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private async Task<ServiceRegistration> AnnounceAsync(Announcement announcement, string? owner = null)
    {
        var registration = new ServiceRegistration(new RegistrationOptions { Nodes = [_node.Url], Owner = owner });
        registration.Start();
        await registration.AnnounceAsync(announcement);
        await Eventually.Within(registration.WaitUntilRegisteredAsync());
        return registration;
    }

    private async Task HistoryBecomesAsync(string expected)
    {
        while (await _node.HistoryAsync("orders") is var found && found != expected)
        {
            Assert.StartsWith(found, expected, StringComparison.Ordinal);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_drain_waits_until_a_watching_caller_has_applied_it()
    {
        await using var registration = await AnnounceAsync(Orders);
        var source = new RollcallSource(Options(_node.Url));
        await using var resolver = new ServiceResolver(source);
        using var watch = resolver.Watch(ServiceTarget.Parse("rollcall:///orders"));
        Assert.Equal(EndpointState.Ready, Assert.Single((await Eventually.Within(watch.GetAsync().AsTask())).Endpoints).State);
        await Eventually.Within(UntilWatchedAsync());

        var drained = Assert.Single(await Eventually.Within(registration.DrainAsync()));

        Assert.True(drained.IsDrained);
        Assert.Equal(1, drained.Drain!.Watchers);
        Assert.Equal(EndpointState.Draining, Assert.Single(watch.Current!.Endpoints).State);

        async Task UntilWatchedAsync()
        {
            while ((await _node.Client.GetWatchersAsync("orders")).Watchers.Count == 0)
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Without_its_process_a_registration_lapses()
    {
        var registration = await AnnounceAsync(Orders);

        await registration.DisposeAsync();

        await Eventually.Within(HistoryBecomesAsync("registered expired"));
    }

    [Fact]
    public async Task Over_a_restart_of_the_node_nothing_is_forgotten_and_nothing_said_twice()
    {
        await using var registration = await AnnounceAsync(Orders);

        await _node.GoAwayAsync();
        await _node.ComeBackAsync();

        await registration.SetStatusAsync("orders", "o-1", EndpointState.NotReady, "the test says so");
        await Eventually.Within(HistoryBecomesAsync("registered status"));
    }

    [Fact]
    public async Task A_node_that_lost_its_data_is_told_again()
    {
        await using var registration = await AnnounceAsync(Orders);

        await _node.GoAwayAsync();
        _node.LoseEverything();
        await _node.ComeBackAsync();

        await Eventually.Within(HistoryBecomesAsync("registered"));
        Assert.Equal("ready", Assert.Single(await _node.InstancesAsync("orders")).State);
    }

    [Fact]
    public async Task A_successor_that_finds_its_id_taken_takes_another()
    {
        await using var predecessor = await AnnounceAsync(Orders, "its own");

        await using var successor = await AnnounceAsync(Orders with { RenameOnConflict = true }, "another's");

        Assert.Equal(2, (await _node.InstancesAsync("orders")).Count);
        Assert.StartsWith("o-1-", Assert.Single(successor.Current).Id, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_who_knows_no_secret_drains_and_deregisters_what_a_process_announced()
    {
        await using var registration = await AnnounceAsync(Orders with { Ttl = TimeSpan.FromMinutes(1) });

        var drained = await Eventually.Within(_node.Client.DrainAsync("orders", "o-1", TimeSpan.FromSeconds(1), owner: null, force: "a test", TestContext.Current.CancellationToken));
        Assert.True(drained.Complete);
        Assert.Equal("draining", Assert.Single(await _node.InstancesAsync("orders")).State);

        await Eventually.Within(_node.Client.DeregisterAsync("orders", "o-1", owner: null, TestContext.Current.CancellationToken));
        Assert.Empty(await _node.InstancesAsync("orders"));
    }

    [Fact]
    public async Task An_application_is_ready_once_its_check_passes_and_leaves_in_order()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection([new("Rollcall:Registration:Nodes:0", _node.Url)]);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddRollcallRegistration("orders", static options => (options.Id, options.Check) = ("o-1", "/health"));
        await using var app = builder.Build();
        app.MapGet("/health", static () => TypedResults.Ok());

        await app.StartAsync();
        await Eventually.Within(HistoryBecomesAsync("registered status"));
        Assert.Equal("ready", Assert.Single(await _node.InstancesAsync("orders")).State);

        await Eventually.Within(app.StopAsync());
        await Eventually.Within(HistoryBecomesAsync("registered status draining deregistered"));
    }

    private static RollcallSourceOptions Options(string url)
    {
        var options = new RollcallSourceOptions();
        options.Nodes.Add(new Uri(url));
        return options;
    }
}
