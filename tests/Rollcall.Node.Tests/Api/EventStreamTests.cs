using System.Net;
using System.Text.Json;
using Rollcall.TestKit;

namespace Rollcall.Node.Tests.Api;

public sealed class EventStreamTests
{
    [Fact]
    public async Task A_snapshot_comes_first_then_every_change()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        await node.PutAsync("stock", "s-1");
        await using var events = await EventReader.OpenAsync(node, "/api/watch");
        Assert.Equal("text/event-stream", events.Response.Content.Headers.ContentType?.MediaType);

        var snapshot = await events.NextAsync();
        Assert.Equal(("snapshot", $"{node.Registry.Epoch}:2"), (snapshot.Kind, snapshot.Id));
        Assert.Equal(2, snapshot.Json.GetProperty("revision").GetInt64());
        var services = snapshot.Json.GetProperty("services").EnumerateArray().ToArray();
        Assert.Equal(["orders", "stock"], services.Select(static service => service.GetProperty("service").GetString()));
        Assert.Equal((await node.GetAsync("/api/services/orders")).Body, services[0].GetRawText());

        await node.PutAsync("orders", "o-2");
        var change = await events.NextAsync();
        Assert.Equal(("change", $"{node.Registry.Epoch}:3"), (change.Kind, change.Id));
        Assert.Equal(("registered", "orders", "o-2", "ready"), (Text(change, "kind"), Text(change, "service"), Text(change, "id"), Text(change, "state")));
        Assert.Equal("10.0.0.5", change.Json.GetProperty("instance").GetProperty("address").GetString());

        await node.Client.DeregisterAsync("stock", "s-1");
        var gone = await events.NextAsync();
        Assert.Equal("deregistered", Text(gone, "kind"));
        Assert.False(gone.Json.TryGetProperty("instance", out _));
    }

    [Fact]
    public async Task Only_the_named_services_are_told_also_those_that_do_not_exist_yet()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        await using var events = await EventReader.OpenAsync(node, "/api/watch?service=stock&service=orders&service=stock");
        var services = (await events.NextAsync()).Json.GetProperty("services").EnumerateArray();
        Assert.Equal(
            [("orders", 1L), ("stock", 0L)],
            services.Select(static service => (service.GetProperty("service").GetString()!, service.GetProperty("revision").GetInt64())).Order());
        await node.PutAsync("other", "x-1");
        await node.PutAsync("stock", "s-1");
        Assert.Equal("s-1", Text(await events.NextAsync(), "id"));
    }

    [Fact]
    public async Task A_client_that_comes_back_gets_what_it_missed()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        string last;
        await using (var events = await EventReader.OpenAsync(node, "/api/watch"))
            last = (await events.NextAsync()).Id!;
        await node.PutAsync("orders", "o-2");
        await node.PutAsync("orders", "o-3");
        await using var again = await EventReader.OpenAsync(node, "/api/watch", last);
        Assert.Equal("o-2", Text(await again.NextAsync(), "id"));
        Assert.Equal("o-3", Text(await again.NextAsync(), "id"));
    }

    [Fact]
    public async Task A_client_that_missed_nothing_hears_at_once_that_it_is_connected()
    {
        // The clock stands still: no heartbeat comes to its help.
        await using var node = await TestNode.StartAsync(time: new VirtualTime());
        await node.PutAsync("orders", "o-1");
        string last;
        await using (var events = await EventReader.OpenAsync(node, "/api/watch"))
            last = (await events.NextAsync()).Id!;
        await using var again = await EventReader.OpenAsync(node, "/api/watch", last);
        Assert.Equal(HttpStatusCode.OK, again.Response.StatusCode);
    }

    [Theory]
    [InlineData("another:1")]
    [InlineData("EPOCH:99")]
    [InlineData("EPOCH:")]
    [InlineData("EPOCH:-1")]
    [InlineData("nonsense")]
    [InlineData(":")]
    public async Task A_client_that_cannot_go_on_starts_over(string last)
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        await using var events = await EventReader.OpenAsync(node, "/api/watch", last.Replace("EPOCH", node.Registry.Epoch, StringComparison.Ordinal));
        Assert.Equal("start-over", (await events.NextAsync()).Kind);
        Assert.Equal("snapshot", (await events.NextAsync()).Kind);
    }

    [Fact]
    public async Task A_client_that_missed_more_than_is_held_starts_over()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-0");
        for (var i = 0; i <= Registry.Catalogs.Catalog.HeldChanges; i++)
            await node.Registry.SetStatusAsync(new("orders", "o-0"), ready: i % 2 != 0, null, null, CancellationToken.None);
        await using var events = await EventReader.OpenAsync(node, "/api/watch", $"{node.Registry.Epoch}:1");
        Assert.Equal("start-over", (await events.NextAsync()).Kind);
    }

    [Fact]
    public async Task A_quiet_stream_says_that_it_is_still_there()
    {
        var time = new VirtualTime();
        await using var node = await TestNode.StartAsync(time: time);
        await using var events = await EventReader.OpenAsync(node, "/api/watch");
        await events.NextAsync();
        for (var i = 0; i < 3; i++)
        {
            var next = events.NextAsync();
            await time.AdvanceUntilAsync(() => next.IsCompleted, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
            Assert.Equal(":", (await next).Kind);
        }

        await node.PutAsync("orders", "o-1");
        Assert.Equal("change", (await events.NextAsync()).Kind);
    }

    [Fact]
    public async Task A_stream_is_a_watcher_while_it_lasts()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        await using (var events = await EventReader.OpenAsync(node, "/api/watch?service=orders", watcher: "w"))
        {
            await events.NextAsync();
            await Eventually.True(() => node.Registry.Watchers.GetWatchers("orders") is [{ Id: "w", Applied: 1 }]);
            await node.PutAsync("orders", "o-2");
            await events.NextAsync();
            await Eventually.True(() => node.Registry.Watchers.GetWatchers("orders") is [{ Applied: 2 }]);
        }

        await Eventually.True(() => node.Registry.Watchers.Count("orders") == 0);
    }

    [Fact]
    public async Task A_large_snapshot_arrives_whole()
    {
        await using var node = await TestNode.StartAsync();
        for (var i = 0; i < 2000; i++)
            await node.Registry.RegisterAsync(Many.Registration($"s-{i % 40}", $"i-{i}"), null, CancellationToken.None);
        await using var events = await EventReader.OpenAsync(node, "/api/watch");
        var snapshot = (await events.NextAsync()).Json;
        Assert.Equal(2000, snapshot.GetProperty("services").EnumerateArray().Sum(static service => service.GetProperty("instances").GetArrayLength()));
    }

    [Fact]
    public async Task Streams_that_begin_among_writers_never_go_back_in_time_and_end_in_the_same_state()
    {
        await using var node = await TestNode.StartAsync();
        using var enough = new CancellationTokenSource();
        var writers = Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; !enough.IsCancellationRequested; i++)
                await node.Registry.RegisterAsync(Many.Registration($"s-{i % 3}", $"i-{writer}-{i % 7}", weight: i % 100), null, CancellationToken.None);
        })));
        for (var i = 0; i < 60; i++)
        {
            await using var early = await EventReader.OpenAsync(node, "/api/watch");
            var told = TakeIn((await early.NextAsync()).Json);
            for (var changes = 0; changes < 20; changes++)
                await TakeInAsync(told, early);
        }

        await using var events = await EventReader.OpenAsync(node, "/api/watch");
        var snapshot = (await events.NextAsync()).Json;
        var seen = TakeIn(snapshot);
        await enough.CancelAsync();
        await Eventually.Within(writers);
        for (var revision = snapshot.GetProperty("revision").GetInt64(); revision < node.Registry.Catalog.Revision;)
            revision = await TakeInAsync(seen, events);
        var expected = node.Registry.Catalog.Services.SelectMany(static s => s.Instances)
            .ToDictionary(static i => (i.Registration.Service, i.Registration.Id), static i => (i.Revision, i.Registration.Weight));
        Assert.Equal(expected.OrderBy(static pair => pair.Key), seen.OrderBy(static pair => pair.Key));
    }

    [Fact]
    public async Task A_client_that_does_not_read_holds_nothing_in_the_node_and_starts_over_when_it_does()
    {
        await using var node = await TestNode.StartAsync();
        await using var events = await EventReader.OpenAsync(node, "/api/watch");
        var large = new SmallMap<string>([new("filler", new string('x', 2000))]);
        // Far more than the sockets between them take, and than the node holds.
        for (var i = 0; i < 3 * Registry.Catalogs.Catalog.HeldChanges; i++)
            await node.Registry.RegisterAsync(Many.Registration("orders", "o-1", i % 100) with { Metadata = large }, null, CancellationToken.None);
        var told = new List<string>();
        for (var revision = 0L; revision < node.Registry.Catalog.Revision;)
        {
            var next = await events.NextAsync();
            told.Add(next.Kind);
            if (next.Kind != "start-over")
                revision = next.Json.GetProperty("revision").GetInt64();
        }

        Assert.Equal("snapshot", told[0]);
        Assert.Contains("start-over", told);
        Assert.True(told.Count < 3 * Registry.Catalogs.Catalog.HeldChanges, $"{told.Count} events");
    }

    [Fact]
    public async Task More_than_a_hundred_services_are_refused()
    {
        await using var node = await TestNode.StartAsync();
        var reply = await node.GetAsync("/api/watch?" + string.Join('&', Enumerable.Range(0, 101).Select(static i => $"service=s-{i}")));
        Assert.Equal((HttpStatusCode.BadRequest, "names 101 services; at most 100, or none for all"), (reply.Status, reply.Error("service")));
    }

    private static Dictionary<(string Service, string Id), (long Revision, int Weight)> TakeIn(JsonElement snapshot) =>
        snapshot.GetProperty("services").EnumerateArray()
            .SelectMany(static service => service.GetProperty("instances").EnumerateArray().Select(instance => (service, instance)))
            .ToDictionary(
                static pair => (pair.service.GetProperty("service").GetString()!, pair.instance.GetProperty("id").GetString()!),
                static pair => (pair.instance.GetProperty("revision").GetInt64(), pair.instance.GetProperty("weight").GetInt32()));

    private static async Task<long> TakeInAsync(Dictionary<(string Service, string Id), (long Revision, int Weight)> seen, EventReader events)
    {
        var told = await events.NextAsync();
        if (told.Kind == "start-over")
        {
            // The writers were faster than this test.
            var snapshot = (await events.NextAsync()).Json;
            seen.Clear();
            foreach (var (known, state) in TakeIn(snapshot))
                seen[known] = state;
            return snapshot.GetProperty("revision").GetInt64();
        }

        var revision = told.Json.GetProperty("revision").GetInt64();
        var key = (Text(told, "service")!, Text(told, "id")!);
        Assert.True(!seen.TryGetValue(key, out var before) || before.Revision < revision, $"Revision {revision} took {key} back from {before.Revision}.");
        seen[key] = (revision, told.Json.GetProperty("instance").GetProperty("weight").GetInt32());
        return revision;
    }

    private static string? Text(ServerEvent told, string field) => told.Json.GetProperty(field).GetString();
}
