using System.Globalization;
using System.Net;
using Rollcall.Api;

namespace Rollcall.Node.Tests.Api;

public sealed class ServiceTests
{
    [Fact]
    public async Task The_list_counts_states_and_watchers()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("stock", "s-1");
        await node.PutAsync("orders", "o-1");
        await node.PutAsync("orders", "o-2");
        await node.PutAsync("orders", "o-3");
        await node.Client.SetStatusAsync("orders", "o-2", EndpointState.NotReady);
        await node.Client.DrainAsync("orders", "o-3", TimeSpan.Zero, force: "a test");
        var list = await node.Client.ListServicesAsync();
        Assert.Equal(6, list.Revision);
        Assert.Equal(["orders", "stock"], list.Services.Select(static service => service.Name));
        var orders = list.Services[0];
        Assert.Equal((3, 1, 1, 1, 0, 6L), (orders.Instances, orders.Ready, orders.Draining, orders.NotReady, orders.Watchers, orders.Revision));
    }

    [Fact]
    public async Task A_service_is_told_with_revision_epoch_and_tag()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-2");
        await node.PutAsync("orders", "o-1");
        var reply = await node.GetAsync("/api/services/orders");
        var document = await node.Client.GetServiceAsync("orders");
        Assert.Equal(("orders", 2L, node.Registry.Epoch), (document.Service, document.Revision, document.Epoch));
        Assert.Equal(["o-1", "o-2"], document.Instances.Select(static instance => instance.Id));
        Assert.Equal("2", reply.Headers[ApiNames.RevisionHeader]);
        Assert.Equal(node.Registry.Epoch, reply.Headers[ApiNames.EpochHeader]);
        Assert.Equal(reply.Body.Length.ToString(CultureInfo.InvariantCulture), reply.Headers["Content-Length"]);

        var tag = reply.Headers["ETag"];
        foreach (var known in new[] { tag, $"W/{tag}", $"\"x\", {tag}", "*" })
        {
            var unchanged = await node.GetAsync("/api/services/orders", ("If-None-Match", known));
            Assert.Equal((HttpStatusCode.NotModified, ""), (unchanged.Status, unchanged.Body));
            Assert.Equal(tag, unchanged.Headers["ETag"]);
        }

        foreach (var unknown in new[] { "\"x\"", "nonsense", "" })
            Assert.Equal(HttpStatusCode.OK, (await node.GetAsync("/api/services/orders", ("If-None-Match", unknown))).Status);
        await node.PutAsync("orders", "o-3");
        Assert.Equal(HttpStatusCode.OK, (await node.GetAsync("/api/services/orders", ("If-None-Match", tag))).Status);
    }

    [Theory]
    [InlineData("", "o-1 o-2 o-3")]
    [InlineData("?ready=true", "o-1 o-3")]
    [InlineData("?ready=false", "o-1 o-2 o-3")]
    [InlineData("?zone=a", "o-1 o-2")]
    [InlineData("?zone=a&ready=true", "o-1")]
    [InlineData("?meta.version=v2", "o-2 o-3")]
    [InlineData("?meta.version=v2&meta.canary=yes", "o-3")]
    [InlineData("?meta.version=v3", "")]
    public async Task Filters_choose_instances(string query, string expected)
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1", """{"address":"h","ports":{"http":1},"zone":"a","metadata":{"version":"v1"}}""");
        await node.PutAsync("orders", "o-2", """{"address":"h","ports":{"http":1},"zone":"a","metadata":{"version":"v2"}}""");
        await node.PutAsync("orders", "o-3", """{"address":"h","ports":{"http":1},"zone":"b","metadata":{"version":"v2","canary":"yes"}}""");
        await node.Client.SetStatusAsync("orders", "o-2", EndpointState.NotReady);
        var reply = await node.GetAsync("/api/services/orders" + query);
        Assert.Equal(expected, string.Join(' ', reply.Json.GetProperty("instances").EnumerateArray().Select(static i => i.GetProperty("id").GetString())));
        Assert.Equal(4, reply.Json.GetProperty("revision").GetInt64());
    }

    [Fact]
    public async Task A_service_whose_last_instance_left_is_empty_and_keeps_its_revision()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        await node.Client.DeregisterAsync("orders", "o-1");
        var document = await node.Client.GetServiceAsync("orders");
        Assert.Equal(2, document.Revision);
        Assert.Empty(document.Instances);
        Assert.Equal(0, Assert.Single((await node.Client.ListServicesAsync()).Services).Instances);
    }

    [Fact]
    public async Task The_past_is_told_as_it_was()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        var between = await MomentAfterAsync(node);
        await node.PutAsync("orders", "o-2");
        var past = await node.GetAsync($"/api/services/orders?at={between:O}");
        Assert.Equal(HttpStatusCode.OK, past.Status);
        Assert.Equal("o-1", Assert.Single(past.Json.GetProperty("instances").EnumerateArray()).GetProperty("id").GetString());
        Assert.False(past.Headers.ContainsKey("ETag"));
        var gone = await node.GetAsync("/api/services/orders?at=1h");
        Assert.Equal((HttpStatusCode.Gone, "history-gone"), (gone.Status, gone.Problem));
    }

    [Fact]
    public async Task History_is_told_oldest_first_by_service_and_limit()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        await node.PutAsync("stock", "s-1");
        await node.Client.SetStatusAsync("orders", "o-1", EndpointState.NotReady, "warming up");
        await node.Client.DrainAsync("orders", "o-1", TimeSpan.Zero, force: "a test");
        await node.Client.DeregisterAsync("orders", "o-1");

        var all = await node.Client.GetHistoryAsync();
        Assert.Equal(["registered", "registered", "status", "draining", "deregistered"], all.Changes.Select(static change => change.Kind));
        Assert.Equal([1L, 2, 3, 4, 5], all.Changes.Select(static change => change.Revision));
        Assert.Equal(("not-ready", "warming up"), (all.Changes[2].State, all.Changes[2].Reason));
        Assert.Null(all.Changes[4].State);
        Assert.False(all.Truncated);

        Assert.Equal([2L], (await node.Client.GetHistoryAsync("stock")).Changes.Select(static change => change.Revision));
        var newest = await node.Client.GetHistoryAsync(limit: 2);
        Assert.Equal([4L, 5], newest.Changes.Select(static change => change.Revision));
        Assert.True(newest.Truncated);
        Assert.Empty((await node.Client.GetHistoryAsync(since: "0s")).Changes);
    }

    [Theory]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=10001", "limit")]
    [InlineData("?since=x", "since")]
    [InlineData("?service=A", "service")]
    [InlineData("?limit=1&limit=1", "limit")]
    public async Task A_wrong_history_query_is_refused(string query, string field)
    {
        await using var node = await TestNode.StartAsync();
        Assert.NotNull((await node.GetAsync("/api/history" + query)).Error(field));
    }

    [Theory]
    [InlineData("/api/services")]
    [InlineData("/api/services/orders")]
    [InlineData("/api/services/orders?ready=true")]
    [InlineData("/api/status")]
    [InlineData("/healthz")]
    [InlineData("/metrics")]
    public async Task HEAD_answers_without_a_body(string path)
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        var reply = await node.SendAsync("HEAD", path);
        Assert.Equal((HttpStatusCode.OK, ""), (reply.Status, reply.Body));
    }

    // Changes are told apart by the millisecond.
    private static async Task<DateTimeOffset> MomentAfterAsync(TestNode node)
    {
        var change = (await node.Client.GetHistoryAsync()).Changes[^1].Time;
        await TestKit.Eventually.True(() => TimeProvider.System.GetUtcNow() > change.AddMilliseconds(2));
        return change.AddMilliseconds(1);
    }
}
