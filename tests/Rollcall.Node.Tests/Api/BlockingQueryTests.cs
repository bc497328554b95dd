using System.Net;
using Rollcall.Api;
using Rollcall.TestKit;

namespace Rollcall.Node.Tests.Api;

public sealed class BlockingQueryTests
{
    [Fact]
    public async Task It_answers_when_the_service_changes_and_not_before()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        var query = node.Client.GetServiceAsync("orders", new ServiceQuery { Index = 1, Wait = TimeSpan.FromMinutes(1), Watcher = "w" });
        await Watching(node, "orders", 1);
        await node.PutAsync("stock", "s-1");
        Assert.False(query.IsCompleted);
        await node.PutAsync("orders", "o-2");
        var answer = await Eventually.Within(query);
        Assert.Equal((3L, 2), (answer.Revision, answer.Instances.Count));
    }

    [Fact]
    public async Task It_answers_at_once_when_there_is_something_newer()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        Assert.Equal(1, (await Eventually.Within(node.Client.GetServiceAsync("orders", new ServiceQuery { Index = 0, Wait = TimeSpan.FromMinutes(5) }))).Revision);
    }

    [Fact]
    public async Task It_answers_at_once_when_the_index_is_beyond_the_node_or_of_another_epoch()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        await node.PutAsync("orders", "o-2");
        foreach (var query in new[]
        {
            new ServiceQuery { Index = 99, Wait = TimeSpan.FromMinutes(5), Watcher = "beyond" },
            new ServiceQuery { Index = 2, Epoch = "another", Wait = TimeSpan.FromMinutes(5), Watcher = "other" },
        })
        {
            Assert.Equal(2, (await Eventually.Within(node.Client.GetServiceAsync("orders", query))).Revision);
        }

        // Neither has applied what it named: a drain must not take their word for it.
        Assert.Equal([("beyond", 0L), ("other", 0L)], (await WatchersAsync(node)).Select(static watcher => (watcher.Id, watcher.Applied)));
    }

    [Fact]
    public async Task It_answers_with_what_is_when_the_wait_is_over_up_to_a_sixteenth_late()
    {
        var time = new VirtualTime();
        await using var node = await TestNode.StartAsync(time: time);
        await node.PutAsync("orders", "o-1", """{"address":"10.0.0.5","ports":{"http":8080},"ttl":"1h"}""");
        var query = node.Client.GetServiceAsync("orders", new ServiceQuery { Index = 1, Wait = TimeSpan.FromSeconds(32), Watcher = "w" });
        await Watching(node, "orders", 1);
        time.Advance(TimeSpan.FromSeconds(31.999));
        Assert.False(query.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2.002));
        Assert.Equal(1, (await Eventually.Within(query)).Revision);
    }

    [Fact]
    public async Task Index_zero_waits_for_a_service_that_does_not_exist_yet()
    {
        await using var node = await TestNode.StartAsync();
        var empty = await node.GetAsync("/api/services/orders?index=0&wait=0s", (Rollcall.Api.ApiNames.WatcherHeader, "w"));
        Assert.Equal((HttpStatusCode.OK, 0L), (empty.Status, empty.Json.GetProperty("revision").GetInt64()));
        var query = node.Client.GetServiceAsync("orders", new ServiceQuery { Index = 0, Watcher = "w" });
        await Watching(node, "orders", 1);
        await node.PutAsync("orders", "o-1");
        Assert.Single((await Eventually.Within(query)).Instances);
    }

    [Fact]
    public async Task Filters_are_applied_to_the_answer_and_not_to_the_wake_up()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        var query = node.GetAsync("/api/services/orders?index=1&zone=b", (ApiNames.WatcherHeader, "w"));
        await Watching(node, "orders", 1);
        await node.PutAsync("orders", "o-2");
        var answer = await Eventually.Within(query);
        Assert.Equal((2L, 0), (answer.Json.GetProperty("revision").GetInt64(), answer.Json.GetProperty("instances").GetArrayLength()));
    }

    [Fact]
    public async Task One_too_many_is_refused_as_busy()
    {
        await using var node = await TestNode.StartAsync(static options => options with { MaxWaitingRequests = 1 });
        var first = node.GetAsync("/api/services/orders?index=0", (ApiNames.WatcherHeader, "w"));
        await Watching(node, "orders", 1);
        foreach (var path in new[] { "/api/services/orders?index=0", "/api/watch" })
        {
            var busy = await node.GetAsync(path);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "busy", "1"), (busy.Status, busy.Problem, busy.Headers["Retry-After"]));
        }

        await node.PutAsync("orders", "o-1");
        await Eventually.Within(first);
        Assert.Equal(HttpStatusCode.OK, (await node.GetAsync("/api/services/orders?index=0")).Status);
    }

    [Fact]
    public async Task Watchers_are_listed_with_what_they_have_applied()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        // From its first request on, with an index or without.
        await node.Client.GetServiceAsync("orders", new ServiceQuery { Watcher = "b" });
        var query = node.Client.GetServiceAsync("orders", new ServiceQuery { Index = 1, Watcher = "a" });
        await Watching(node, "orders", 2);
        var watchers = await WatchersAsync(node);
        Assert.Equal([("a", "poll", 1L), ("b", "poll", 0L)], watchers.Select(static w => (w.Id, w.Kind, w.Applied)));
        Assert.All(watchers, static w => Assert.StartsWith("127.0.0.1:", w.Remote, StringComparison.Ordinal));
        await node.PutAsync("orders", "o-2");
        await Eventually.Within(query);
    }

    [Fact]
    public async Task A_watcher_whose_connection_ends_is_forgotten_soon_whether_it_waits_or_was_answered()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        using (var leaving = node.NewHttpClient())
        {
            var client = new NodeClient(leaving);
            await client.GetServiceAsync("orders", new ServiceQuery { Watcher = "answered" });
            using var cut = new CancellationTokenSource();
            var waiting = client.GetServiceAsync("orders", new ServiceQuery { Index = 1, Watcher = "waiting" }, cut.Token);
            await Watching(node, "orders", 2);
            await cut.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        // Far sooner than the minute that one who may come back is given.
        await Watching(node, "orders", 0);
    }

    [Fact]
    public async Task A_thousand_watchers_are_woken_by_one_change_with_the_same_bytes()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        var queries = Enumerable.Range(0, 1000).Select(i => node.GetAsync("/api/services/orders?index=1&wait=1m", (ApiNames.WatcherHeader, $"w-{i}"))).ToArray();
        await Watching(node, "orders", 1000);
        await node.PutAsync("orders", "o-2");
        var bodies = (await Eventually.Within(Task.WhenAll(queries))).Select(static reply => reply.Body).Distinct().ToArray();
        Assert.Contains("\"revision\":2", Assert.Single(bodies), StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<WatcherDocument>> WatchersAsync(TestNode node) => (await node.Client.GetWatchersAsync("orders")).Watchers;

    private static Task Watching(TestNode node, string service, int count) => Eventually.True(() => node.Registry.Watchers.Count(service) == count);
}
