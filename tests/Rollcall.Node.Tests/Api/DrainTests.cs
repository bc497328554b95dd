using Rollcall.Api;
using Rollcall.TestKit;

namespace Rollcall.Node.Tests.Api;

public sealed class DrainTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task With_nobody_watching_it_is_complete_at_once()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        var reply = await Eventually.Within(node.SendAsync("POST", "/api/services/orders/instances/o-1/drain?force=a+test"));
        var drained = await node.Client.DrainAsync("orders", "o-1", Long, force: "a test");
        Assert.StartsWith("""{"service":"orders","id":"o-1","revision":2,"complete":true,"elapsed":""", reply.Body, StringComparison.Ordinal);
        Assert.Equal((2L, true, 0), (drained.Revision, drained.Complete, drained.Watchers));
        Assert.Empty(drained.Waiting);
        Assert.Equal("draining", (await node.Client.GetServiceAsync("orders")).Instances.Single().State);
    }

    [Fact]
    public async Task The_last_that_is_ready_is_drained_only_with_a_reason()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        var refused = await Eventually.Within(node.SendAsync("POST", "/api/services/orders/instances/o-1/drain"));
        Assert.Equal(409, (int)refused.Status);
        Assert.Contains("urn:rollcall:problem:below-floor", refused.Body, StringComparison.Ordinal);
        Assert.Equal("ready", (await node.Client.GetServiceAsync("orders")).Instances.Single().State);

        var forced = await node.Client.DrainAsync("orders", "o-1", Long, force: "the host is replaced & gone");
        Assert.True(forced.Complete);
        var instance = (await node.Client.GetServiceAsync("orders")).Instances.Single();
        Assert.Equal(("draining", "the host is replaced & gone"), (instance.State, instance.Reason));
    }

    [Theory]
    [InlineData("force=", "0")]
    [InlineData("force=%20", "0")]
    [InlineData("force=1&force=2", "twice")]
    public async Task A_reason_that_is_none_is_refused(string query, string why)
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        var refused = await Eventually.Within(node.SendAsync("POST", $"/api/services/orders/instances/o-1/drain?{query}"));
        Assert.Equal(400, (int)refused.Status);
        Assert.Contains(why, refused.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_preview_says_what_it_would_leave_and_drains_nothing()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1", """{"address":"10.0.0.1","ports":{"http":80},"zone":"a"}""");
        await node.PutAsync("orders", "o-2", """{"address":"10.0.0.2","ports":{"http":80},"zone":"b"}""");
        var watching = node.Client.GetServiceAsync("orders", new ServiceQuery { Index = 2, Watcher = "checkout-1" });
        await Watching(node);
        var reply = await Eventually.Within(node.SendAsync("GET", "/api/services/orders/instances/o-2/drain"));
        Assert.Equal(
            """{"service":"orders","id":"o-2","before":{"ready":2},"after":{"ready":1},"callers":["checkout-1"],"emptyZones":["b"],"floor":1,"allowed":true,"message":"orders 2 → 1 ready, 1 caller, zone b empty"}""",
            System.Text.RegularExpressions.Regex.Unescape(reply.Body));
        Assert.Equal(["ready", "ready"], (await node.Client.GetServiceAsync("orders")).Instances.Select(static instance => instance.State));

        await node.Client.DeregisterAsync("orders", "o-1");
        await Eventually.Within(watching);
        reply = await Eventually.Within(node.SendAsync("GET", "/api/services/orders/instances/o-2/drain"));
        Assert.Contains("\"allowed\":false", reply.Body, StringComparison.Ordinal);
        Assert.Equal(404, (int)(await Eventually.Within(node.SendAsync("GET", "/api/services/orders/instances/o-1/drain"))).Status);
    }

    [Fact]
    public async Task It_waits_until_a_live_watcher_has_asked_again()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        var first = node.Client.GetServiceAsync("orders", new ServiceQuery { Index = 1, Watcher = "live" });
        await Watching(node);
        var drain = node.Client.DrainAsync("orders", "o-1", Long, force: "a test");
        var told = await Eventually.Within(first);
        Assert.Equal("draining", told.Instances.Single().State);
        Assert.False(drain.IsCompleted);

        // Naming the revision is saying that it has been applied.
        var second = node.Client.GetServiceAsync("orders", new ServiceQuery { Index = told.Revision, Watcher = "live" });
        var drained = await Eventually.Within(drain);
        Assert.Equal((true, 1), (drained.Complete, drained.Watchers));
        await node.PutAsync("orders", "o-2");
        await Eventually.Within(second);
    }

    [Fact]
    public async Task A_stuck_watcher_is_named_when_the_time_is_over()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        var answered = node.Client.GetServiceAsync("orders", new ServiceQuery { Index = 1, Watcher = "stuck" });
        await Watching(node);
        var drained = await Eventually.Within(node.Client.DrainAsync("orders", "o-1", TimeSpan.FromMilliseconds(200), force: "a test"));
        await answered;
        Assert.Equal((false, 1), (drained.Complete, drained.Watchers));
        var waiting = Assert.Single(drained.Waiting);
        Assert.Equal(("stuck", "poll", 1L), (waiting.Id, waiting.Kind, waiting.Applied));
    }

    [Fact]
    public async Task A_watcher_that_vanishes_holds_nobody_up_for_long()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        using var leaving = node.NewHttpClient();
        var query = new NodeClient(leaving).GetServiceAsync("orders", new ServiceQuery { Index = 1, Watcher = "gone" });
        await Watching(node);
        var drain = node.Client.DrainAsync("orders", "o-1", Long, force: "a test");
        await Eventually.Within(query);
        leaving.Dispose();
        Assert.True((await Eventually.Within(drain)).Complete);
    }

    [Fact]
    public async Task A_stream_is_told_and_never_counts_as_having_applied_it()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        await using var everything = await EventReader.OpenAsync(node, "/api/watch");
        await using var named = await EventReader.OpenAsync(node, "/api/watch?service=orders");
        Assert.Equal("snapshot", (await everything.NextAsync()).Kind);
        Assert.Equal("snapshot", (await named.NextAsync()).Kind);
        var drained = await Eventually.Within(node.Client.DrainAsync("orders", "o-1", Long, force: "a test"));
        Assert.Equal((true, 0, 2), (drained.Complete, drained.Watchers, drained.Told));
    }

    private static Task Watching(TestNode node) => Eventually.True(() => node.Registry.Watchers.Count("orders") == 1);
}
