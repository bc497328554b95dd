using System.Net;
using Rollcall.Api;
using Rollcall.TestKit;

namespace Rollcall.Node.Tests;

public sealed class StopTests
{
    [Fact]
    public async Task Whoever_waits_is_answered_at_once_when_the_node_stops()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        var stuck = await node.Client.GetServiceAsync("orders", new ServiceQuery { Watcher = "stuck" });
        var query = node.Client.GetServiceAsync("orders", new ServiceQuery { Index = 1, Wait = TimeSpan.FromMinutes(5), Watcher = "w" });
        await using var events = await EventReader.OpenAsync(node, "/api/watch");
        await events.NextAsync();
        var drain = node.Client.DrainAsync("orders", "o-1", TimeSpan.FromMinutes(5), force: "a test");
        await Eventually.Within(query);
        var second = node.Client.GetServiceAsync("orders", new ServiceQuery { Index = 2, Wait = TimeSpan.FromMinutes(5), Watcher = "w" });
        await Eventually.True(() => node.Registry.Watchers.GetWatchers("orders").Any(static w => w.Id == "w" && w.Applied == 2));

        var began = TimeProvider.System.GetTimestamp();
        await Eventually.Within(node.StopAsync());

        Assert.Equal(2, (await second).Revision);
        Assert.Equal(["stuck"], (await drain).Waiting.Select(static watcher => watcher.Id));
        Assert.Equal("change", (await events.NextAsync()).Kind);
        Assert.Null(await events.TryNextAsync());
        // The stop itself is bounded by 1.5 s for requests; a minute's wait would mean that somebody was not released.
        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(30));
        Assert.NotNull(stuck);
    }

    [Fact]
    public async Task A_drain_right_after_a_restart_is_answered_when_the_node_stops()
    {
        using var directory = new TemporaryDirectory();
        NodeOptions OnDisk(NodeOptions options) =>
            options with { Registry = options.Registry with { Journal = options.Registry.Journal with { Durability = Registry.Journaling.Durability.Interval, Directory = directory.Path } } };
        await using (var before = await TestNode.StartAsync(OnDisk))
            await before.PutAsync("orders", "o-1");
        await using var node = await TestNode.StartAsync(OnDisk);
        var drain = node.Client.DrainAsync("orders", "o-1", TimeSpan.FromMinutes(5), force: "a test");
        await Eventually.True(() => node.Registry.Catalog.GetService("orders").Instances[0].State == EndpointState.Draining);

        await Eventually.Within(node.StopAsync());

        // Nobody watches now, but who did before had no time to come back.
        var document = await drain;
        Assert.False(document.Complete);
        Assert.Empty(document.Waiting);
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_restart()
    {
        using var directory = new TemporaryDirectory();
        NodeOptions OnDisk(NodeOptions options) =>
            options with { Registry = options.Registry with { Journal = options.Registry.Journal with { Durability = Registry.Journaling.Durability.Fsync, Directory = directory.Path } } };
        string epoch;
        await using (var node = await TestNode.StartAsync(OnDisk))
        {
            var writes = Enumerable.Range(0, 50).Select(i => node.PutAsync("orders", $"o-{i}")).ToArray();
            Assert.All(await Task.WhenAll(writes), static reply => Assert.Equal(HttpStatusCode.Created, reply.Status));
            epoch = node.Registry.Epoch;
        }

        await using var again = await TestNode.StartAsync(OnDisk);
        var service = await again.Client.GetServiceAsync("orders");
        Assert.Equal((50, 50L, epoch), (service.Instances.Count, service.Revision, service.Epoch));
        Assert.Contains(again.Logs.Lines, static line => line.Contains("Recovered 50 instances of 1 service ", StringComparison.Ordinal));
        var status = await again.Client.GetStatusAsync();
        Assert.Equal(("fsync", directory.Path, true), (status.Journal.Durability, status.Journal.Directory, status.Journal.Writable));
    }

    [Fact]
    public async Task A_node_that_was_never_started_can_be_disposed()
    {
        var environment = new NodeEnvironment(TimeProvider.System, static () => new Random(1), static _ => { });
        var app = await NodeHost.BuildAsync(
            new NodeOptions { Urls = ["http://127.0.0.1:0"], Registry = new() { Journal = new() { Durability = Registry.Journaling.Durability.Memory } } },
            environment,
            CancellationToken.None);
        await Eventually.Within(app.DisposeAsync().AsTask());
    }
}
