using System.Net;
using Rollcall.Node.Imports;
using Rollcall.Registry.Journaling;
using Rollcall.TestKit;
using Rollcall.TestKit.Sources;

namespace Rollcall.Node.Tests.Imports;

/// <summary>What another system knows, in the catalog of a real node.</summary>
public sealed class ImportTests
{
    private readonly FakeSource _source = new(TimeProvider.System);

    [Fact]
    public async Task An_import_is_a_service_like_any_other_with_its_origin()
    {
        _source.Set(Endpoint("a"), Endpoint("b") with { State = EndpointState.NotReady, Reason = "booting" });
        await using var node = await StartAsync();
        await Eventually.True(() => node.Registry.Catalog.GetService("orders").Instances.Length == 2);

        var service = (await node.GetAsync("/api/services/orders")).Json;
        Assert.Equal(["ready", "not-ready"], service.GetProperty("instances").EnumerateArray().Select(static instance => instance.GetProperty("state").GetString()));
        Assert.Equal("fake:///orders", service.GetProperty("instances")[0].GetProperty("origin").GetString());
        Assert.Equal("booting", service.GetProperty("instances")[1].GetProperty("reason").GetString());
        var origin = (await node.GetAsync("/api/services")).Json.GetProperty("services")[0].GetProperty("origin");
        Assert.Equal(("fake:///orders", "fake", "live"), (origin.GetProperty("target").GetString(), origin.GetProperty("mode").GetString(), origin.GetProperty("freshness").GetString()));

        _source.Set(Endpoint("b"), Endpoint("c"));
        await Eventually.True(() => string.Join(' ', node.Registry.Catalog.GetService("orders").Instances.Select(static instance => $"{instance.Key.Id}:{instance.State}")) == "b:Ready c:Ready");
    }

    [Fact]
    public async Task Nobody_can_change_an_import_here()
    {
        _source.Set(Endpoint("a"));
        await using var node = await StartAsync();
        await Eventually.True(() => node.Registry.Catalog.GetService("orders").Instances.Length == 1);
        var revision = node.Registry.Catalog.Revision;

        Reply[] replies =
        [
            await node.PutAsync("orders", "a"),
            await node.SendAsync("DELETE", "/api/services/orders/instances/a"),
            await node.SendAsync("PUT", "/api/services/orders/instances/a/status", """{"state":"not-ready"}"""),
            await node.SendAsync("POST", "/api/services/orders/instances/a/drain"),
        ];

        Assert.All(replies, static reply => Assert.Equal((HttpStatusCode.Conflict, "read-only"), (reply.Status, reply.Problem)));
        Assert.Contains("imported from fake:///orders", replies[0].Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(revision, node.Registry.Catalog.Revision);
    }

    [Fact]
    public async Task One_that_was_registered_here_is_not_taken_over()
    {
        await using var node = await StartAsync();
        await node.PutAsync("orders", "a");

        _source.Set(Endpoint("a"), Endpoint("b"));
        await Eventually.True(() => node.Registry.Catalog.GetService("orders").Instances.Length == 2);

        Assert.Null(node.Registry.Catalog.GetService("orders").Instances[0].Origin);
        await Eventually.True(async () => (await Origin(node)).TryGetProperty("rejected", out var rejected) && rejected[0].GetString()!.Contains("was registered here", StringComparison.Ordinal));

        // Once it has left, what the source says of it counts, although that is nothing new.
        await node.SendAsync("DELETE", "/api/services/orders/instances/a");
        _source.Set(Endpoint("a"), Endpoint("b"), Endpoint("c"));
        await Eventually.True(() => node.Registry.Catalog.GetService("orders").Instances.Length == 3);
        Assert.All(node.Registry.Catalog.GetService("orders").Instances, static instance => Assert.NotNull(instance.Origin));
    }

    [Fact]
    public async Task A_source_that_is_gone_leaves_what_was_known_and_says_so()
    {
        _source.Set(Endpoint("a"));
        await using var node = await StartAsync();
        await Eventually.True(() => node.Registry.Catalog.GetService("orders").Instances.Length == 1);

        _source.Break("the cluster is gone");

        await Eventually.True(async () => (await Origin(node)).GetProperty("freshness").GetString() == "stale");
        Assert.Contains("the cluster is gone", (await Origin(node)).GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Single(node.Registry.Catalog.GetService("orders").Instances);
        _source.Heal();
        await Eventually.True(async () => (await Origin(node)).GetProperty("freshness").GetString() == "live");
    }

    [Fact]
    public async Task The_fallback_is_for_the_first_sight_only()
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "orders.yaml");
        await File.WriteAllTextAsync(file, "- { id: old, host: 10.0.0.9, port: 80 }\n");
        await using var node = await StartAsync(import => import with { Fallback = file, FallbackAfter = TimeSpan.FromMilliseconds(50) });

        await Eventually.True(() => node.Registry.Catalog.GetService("orders").Instances is [{ Registration.Id: "old" }]);
        await Eventually.True(async () => (await Origin(node)).GetProperty("mode").GetString() == "static-fallback");
        _source.Set(Endpoint("a"));
        await Eventually.True(() => node.Registry.Catalog.GetService("orders").Instances is [{ Registration.Id: "a" }]);
        await Eventually.True(async () => (await Origin(node)).GetProperty("mode").GetString() == "fake");
    }

    [Fact]
    public async Task What_was_only_a_fallback_is_one_after_a_restart_too()
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "orders.yaml");
        await File.WriteAllTextAsync(file, "- { id: old, host: 10.0.0.9, port: 80 }\n");
        NodeOptions OnDisk(NodeOptions options) =>
            options with { Registry = options.Registry with { Journal = options.Registry.Journal with { Durability = Durability.Interval, Directory = Path.Combine(directory.Path, "data") } } };
        for (var start = 0; start < 2; start++)
        {
            await using var node = await StartAsync(import => import with { Fallback = file, FallbackAfter = TimeSpan.FromMilliseconds(50) }, OnDisk, new FakeSource(TimeProvider.System));
            await Eventually.True(() => node.Registry.Catalog.GetService("orders").Instances.Length == 1);
            await Eventually.True(async () => (await Origin(node)).GetProperty("mode").GetString() == "static-fallback");
            Assert.Equal("old", Assert.Single(node.Registry.Catalog.GetService("orders").Instances).Registration.Id);
        }
    }

    [Fact]
    public async Task A_node_is_ready_once_it_has_seen_its_imports()
    {
        var silent = new FakeSource(TimeProvider.System);
        await using var node = await StartAsync(import => import with { FallbackAfter = TimeSpan.FromMinutes(1) }, source: silent);
        Assert.Equal(503, (int)(await node.GetAsync("/readyz")).Status);

        silent.Set(Endpoint("a"));

        await Eventually.True(async () => (int)(await node.GetAsync("/readyz")).Status == 200);
        Assert.Single(node.Registry.Catalog.GetService("orders").Instances);
    }

    [Fact]
    public async Task What_is_written_down_is_told_whatever_is_found()
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "orders.yaml");
        await File.WriteAllTextAsync(file, "- { id: orders-1, host: 10.0.0.8, port: 80 }\n- { id: orders-0, host: 10.0.0.9, port: 80 }\n");
        _source.Set(Endpoint("a"));
        await using var node = await StartAsync(import => import with { Fallback = file });

        var told = (await node.GetAsync("/api/config/instances")).Json;

        Assert.Equal(["orders-0", "orders-1"], told.EnumerateArray().Select(static instance => instance.GetProperty("instanceId").GetString()));
        Assert.Equal("[]", (await node.GetAsync("/api/config/instances?service=nobody")).Body);
        File.Delete(file);
        Assert.Equal(503, (int)(await node.GetAsync("/api/config/instances")).Status);
    }

    [Fact]
    public async Task After_a_restart_the_last_known_state_is_there_at_once_and_what_is_imported_no_more_is_gone()
    {
        using var directory = new TemporaryDirectory();
        NodeOptions OnDisk(NodeOptions options) =>
            options with { Registry = options.Registry with { Journal = options.Registry.Journal with { Durability = Durability.Interval, Directory = directory.Path } } };
        _source.Set(Endpoint("a"));
        await using (var before = await StartAsync(change: OnDisk))
            await Eventually.True(() => before.Registry.Catalog.GetService("orders").Instances.Length == 1);
        var silent = new FakeSource(TimeProvider.System);

        await using (var node = await StartAsync(change: OnDisk, source: silent))
        {
            Assert.Single(node.Registry.Catalog.GetService("orders").Instances);
            Assert.Equal("stale", (await Origin(node)).GetProperty("freshness").GetString());
        }

        await using var without = await TestNode.StartAsync(OnDisk);
        await Eventually.True(() => without.Registry.Catalog.GetService("orders").Instances.IsEmpty);
    }

    [Fact]
    public async Task A_target_that_no_source_answers_for_stops_the_start()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => TestNode.StartAsync(static options => options with { Imports = [new("orders", "zk:///orders")] }));

        Assert.Contains("No source answers for the scheme 'zk'", error.Message, StringComparison.Ordinal);
    }

    private static async Task<System.Text.Json.JsonElement> Origin(TestNode node) => (await node.GetAsync("/api/services")).Json.GetProperty("services")[0].GetProperty("origin");

    private static Endpoint Endpoint(string id) => new(id, "10.0.0.5", 8080);

    private Task<TestNode> StartAsync(Func<ImportOptions, ImportOptions>? import = null, Func<NodeOptions, NodeOptions>? change = null, FakeSource? source = null) => TestNode.StartAsync(
        options => (change ?? (static same => same))(options with { Imports = [(import ?? (static same => same))(new("orders", "fake:///orders"))] }),
        source: source ?? _source);
}
