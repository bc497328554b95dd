using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Rollcall.Node.Imports;
using Rollcall.TestKit;
using Rollcall.TestKit.Sources;

namespace Rollcall.Node.Tests.Live;

public sealed class LiveApiTests
{
    private readonly FakeSource _source = new(TimeProvider.System);

    [Fact]
    public async Task An_imported_pod_is_shown_with_all_that_is_known_of_it()
    {
        using var directory = new TemporaryDirectory();
        var names = Path.Combine(directory.Path, "names.yaml");
        await File.WriteAllTextAsync(names, """
            template: 'Windows 98 - {ordinal == 0 ? "Game Server" : "Client {ordinal}"}'
            instances: [{ ordinal: 1, icon: "x", order: 1, notes: first }]
            """);
        _source.Set(Pod(0), Pod(1) with { State = EndpointState.NotReady, Reason = "booting" });
        await using var node = await StartAsync(import => import with { Metadata = names });
        await Eventually.True(async () => Text((await node.GetAsync("/api/instances/live")).Json, "freshness") == "live");

        var reply = await node.GetAsync("/api/instances/live");
        var live = reply.Json;
        Assert.Equal(("fake", "emulator", "loco", "live"), (Text(live, "discoveryMode"), Text(live, "serviceName"), Text(live, "namespace"), Text(live, "freshness")));
        Assert.Equal("2 1 1", $"{live.GetProperty("summary").GetProperty("total")} {live.GetProperty("summary").GetProperty("ready")} {live.GetProperty("stats").GetProperty("notReady")}");
        var (first, second) = (live.GetProperty("instances")[0], live.GetProperty("instances")[1]);
        Assert.Equal(("instance-1", "Windows 98 - Client 1", "booting", "first"), (Text(first, "id"), Text(first, "name"), Text(first, "status"), Text(first, "notes")));
        Assert.Equal(("instance-0", "emulator-0", "Windows 98 - Game Server", "ready"), (Text(second, "id"), Text(second, "podName"), Text(second, "name"), Text(second, "status")));
        Assert.Equal("emulator.loco.svc.cluster.local:5901", Text(second.GetProperty("addresses"), "serviceEndpoint"));
        Assert.Equal(("10.0.0.10", "10.0.0.10:5901"), (Text(second.GetProperty("addresses"), "podIP"), Text(second, "vncUrl")));
        Assert.Equal("Pod", Text(second.GetProperty("kubernetes").GetProperty("targetRef"), "kind"));
        Assert.Equal(0, first.GetProperty("health").GetProperty("score").GetInt32());

        var etag = reply.Headers["ETag"];
        Assert.Equal(HttpStatusCode.NotModified, (await node.GetAsync("/api/instances/live", ("If-None-Match", etag))).Status);
        _source.Set(Pod(0), Pod(1));
        await Eventually.True(async () => (await node.GetAsync("/api/instances/live", ("If-None-Match", etag))).Status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_requests_of_an_emulator_clusters_front_end_are_answered()
    {
        _source.Set(Pod(0));
        await using var node = await StartAsync();
        await Eventually.True(() => node.Registry.Catalog.GetService("emulator").Instances.Length == 1);

        Assert.Equal("instance-0", Text((await node.GetAsync("/api/instances")).Json[0], "id"));
        Assert.True((await node.GetAsync("/api/instances/provisioned")).Json[0].GetProperty("provisioned").GetBoolean());
        Assert.Equal(1, (await node.GetAsync("/api/instances/discovery-info")).Json.GetProperty("kubernetesDiscovery").GetProperty("cachedInstancesCount").GetInt32());
        Assert.Equal(1, (await node.SendAsync("POST", "/api/instances/refresh")).Json.GetProperty("instanceCount").GetInt32());
        Assert.Equal(HttpStatusCode.TooManyRequests, (await node.SendAsync("POST", "/api/instances/refresh")).Status);
        Assert.Equal("instance-0", Text((await node.GetAsync("/api/quality/metrics/emulator-0")).Json, "instanceId"));
        Assert.Equal("instance-not-found", (await node.GetAsync("/api/quality/metrics/nobody")).Problem);
        Assert.Equal(100, (await node.GetAsync("/api/quality/summary")).Json.GetProperty("availability").GetDouble());
        Assert.Equal("{}", (await node.GetAsync("/api/circuit-breakers")).Body);
        Assert.Equal("ok\n", (await node.GetAsync("/health")).Body);
        var metrics = (await node.GetAsync("/metrics")).Body;
        Assert.Contains("discovery_instances_total{service=\"emulator\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("discovery_api_calls_total", metrics, StringComparison.Ordinal);
        Assert.Contains("discovery_instances_ready", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_to_show_is_said_as_the_front_end_expects_it()
    {
        await using var node = await TestNode.StartAsync();

        var live = await node.GetAsync("/api/instances/live");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "error", 0), (live.Status, Text(live.Json, "mode"), live.Json.GetProperty("instances").GetArrayLength()));
        var list = await node.GetAsync("/api/instances");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "[]"), (list.Status, list.Body));
        Assert.Equal("service-not-found", (await node.GetAsync("/api/instances/live?service=orders")).Problem);

        await node.PutAsync("orders", "o-1");
        Assert.Equal(("registry", "o-1"), (Text((await node.GetAsync("/api/instances/live")).Json, "discoveryMode"), Text((await node.GetAsync("/api/instances/live?service=orders")).Json.GetProperty("instances")[0], "id")));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"status\":\"ok\",\"quality\":{\"frameRate\":15,\"targetFrameRate\":30}}", 88, null)]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 57, "it answers 302")]
    [InlineData("huge", 57, "its answer is longer than 64 KiB")]
    public async Task What_an_instance_says_of_itself_counts(string answer, int score, string? problem)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var serving = ServeAsync(listener, answer is "huge" ? "HTTP/1.1 200 OK\r\n\r\n" + new string('x', 200_000) : answer, stop.Token);
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1", $$"""{"address":"127.0.0.1","ports":{"health":{{((IPEndPoint)listener.LocalEndpoint).Port}}},"ttl":"1h"}""");

        JsonElement Health(Reply reply) => reply.Json.GetProperty("instances")[0].GetProperty("health");
        await Eventually.True(async () => Health(await node.GetAsync("/api/instances/live?service=orders")).TryGetProperty("checkedAt", out _));

        var health = Health(await node.GetAsync("/api/instances/live?service=orders"));
        Assert.Equal(score, health.GetProperty("score").GetInt32());
        var application = health.GetProperty("parts").EnumerateArray().Single(static part => Text(part, "name") == "application");
        Assert.Equal(problem, application.GetProperty("reasons").EnumerateArray().Select(static reason => reason.GetString()).SingleOrDefault());
        await stop.CancelAsync();
        await serving;
    }

    [Fact]
    public async Task A_caller_that_comes_is_part_of_the_score_at_once_and_one_more_of_the_same_changes_nothing()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        var alone = await node.GetAsync("/api/instances/live?service=orders");
        Assert.DoesNotContain("\"callers\"", alone.Body, StringComparison.Ordinal);

        var polls = new List<Task>();
        foreach (var caller in (string[])["checkout-1", "checkout-2"])
        {
            polls.Add(node.Client.GetServiceAsync("orders", new Rollcall.Api.ServiceQuery { Index = 1, Watcher = caller }));
            await Eventually.True(() => node.Registry.Watchers.Count("orders") == polls.Count);
            var watched = await node.GetAsync("/api/instances/live?service=orders", ("If-None-Match", alone.Headers["ETag"]));
            Assert.Equal(polls.Count == 1 ? 200 : 304, (int)watched.Status);
            if (polls.Count == 1)
                Assert.Contains("\"callers\"", watched.Body, StringComparison.Ordinal);
            alone = polls.Count == 1 ? watched : alone;
        }

        await node.PutAsync("orders", "o-2");
        await Eventually.Within(Task.WhenAll(polls));
    }

    [Fact]
    public async Task Scores_of_all_services_are_those_of_their_documents()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        await node.PutAsync("orders", "o-2");
        await node.PutAsync("billing", "b-1");
        await node.SendAsync("PUT", "/api/services/orders/instances/o-2/status", """{"state":"not-ready","reason":"warming up"}""");
        await node.SendAsync("DELETE", "/api/services/billing/instances/b-1");

        var live = (await node.GetAsync("/api/instances/live?service=orders")).Json.GetProperty("instances").EnumerateArray().Select(static each => each.GetProperty("health").GetProperty("score").GetInt32());
        Assert.Equal([100, 0], live);
        Assert.Equal(
            """{"services":[{"service":"billing","instances":{}},{"service":"orders","score":50,"instances":{"o-1":100,"o-2":0}}]}""", (await node.GetAsync("/api/scores")).Body);
        Assert.Equal("orders", Assert.Single((await node.GetAsync("/api/scores?service=orders&service=nobody")).Json.GetProperty("services").EnumerateArray()).GetProperty("service").GetString());
        Assert.Equal("invalid-request", (await node.GetAsync("/api/scores?service=No!")).Problem);
    }

    [Fact]
    public async Task Changes_are_told_as_they_happen_and_nothing_twice()
    {
        _source.Set(Pod(0));
        await using var node = await StartAsync();
        await Eventually.True(() => node.Registry.Catalog.GetService("emulator").Instances.Length == 1);
        await using var events = await EventReader.OpenAsync(node, "/api/instances/live/events");
        Assert.Equal(1, (await events.NextAsync()).Json.GetProperty("summary").GetProperty("total").GetInt32());

        _source.Set(Pod(0), Pod(1), Pod(2));

        ServerEvent last;
        do
            last = await events.NextAsync();
        while (last.Json.GetProperty("summary").GetProperty("total").GetInt32() != 3);
        Assert.Equal("instances", last.Kind);
        await using var again = await EventReader.OpenAsync(node, "/api/instances/live/events", last.Id);
        _source.Set(Pod(0));
        Assert.Equal(1, (await again.NextAsync()).Json.GetProperty("summary").GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task A_document_of_many_pieces_comes_whole()
    {
        await using var node = await TestNode.StartAsync();
        var filler = new string('x', 200);
        for (var i = 0; i < 300; i++)
            await node.PutAsync("orders", $"o-{i}", $$$"""{"address":"10.0.0.1","ports":{"http":80},"ttl":"1h","metadata":{"filler":"{{{filler}}}"}}""");

        var reply = await Eventually.Within(node.GetAsync("/api/instances/live?service=orders"));

        Assert.InRange(reply.Body.Length, 2 * 64 * 1024, 1 << 20);
        Assert.Equal(300, reply.Json.GetProperty("instances").GetArrayLength());
        await using var events = await EventReader.OpenAsync(node, "/api/instances/live/events?service=orders");
        Assert.Equal(300, (await events.NextAsync()).Json.GetProperty("instances").GetArrayLength());
        await using var watch = await EventReader.OpenAsync(node, "/api/watch?service=orders");
        Assert.Equal(300, (await watch.NextAsync()).Json.GetProperty("services")[0].GetProperty("instances").GetArrayLength());
    }

    [Fact]
    public async Task Who_wants_only_changes_is_told_these_and_the_whole_when_it_comes_from_elsewhere()
    {
        _source.Set(Pod(0), Pod(1));
        await using var node = await StartAsync();
        await Eventually.True(() => node.Registry.Catalog.GetService("emulator").Instances.Length == 2);
        await using var events = await EventReader.OpenAsync(node, "/api/instances/live/events?changes=true");
        var whole = await events.NextAsync();
        Assert.Equal("instances", whole.Kind);

        _source.Set(Pod(1), Pod(2));
        var gone = new HashSet<string>();
        var came = new HashSet<string>();
        var last = whole;
        while (gone.Count == 0 || came.Count == 0)
        {
            last = await events.NextAsync();
            Assert.Equal("changes", last.Kind);
            gone.UnionWith(last.Json.GetProperty("removed").EnumerateArray().Select(static id => id.GetString()!));
            came.UnionWith(last.Json.GetProperty("changed").EnumerateArray().Select(static each => Text(each.GetProperty("instance"), "instanceId")!));
        }

        Assert.Equal(["emulator-0"], gone);
        Assert.Contains("emulator-2", came);
        Assert.Equal(2, last.Json.GetProperty("summary").GetProperty("total").GetInt32());
        await using var stranger = await EventReader.OpenAsync(node, "/api/instances/live/events?changes=true", "another-1-1");
        Assert.Equal("instances", (await stranger.NextAsync()).Kind);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static Endpoint Pod(int ordinal) => new($"emulator-{ordinal}", $"10.0.0.{10 + ordinal}", new SmallMap<int>([new("vnc", 5901)]))
    {
        Node = "minikube",
        Metadata = new SmallMap<string>(
        [
            new("namespace", "loco"), new("pod", $"emulator-{ordinal}"), new("instance", $"{ordinal}"), new("dns", $"emulator-{ordinal}.emulator.loco.svc.cluster.local"),
            new("target", $"Pod/loco/emulator-{ordinal}"),
        ]),
    };

    private static async Task ServeAsync(TcpListener listener, string answer, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                using var socket = await listener.AcceptSocketAsync(stop);
                await socket.ReceiveAsync(new byte[4096], stop);
                await socket.SendAsync(Encoding.ASCII.GetBytes(answer), stop);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private Task<TestNode> StartAsync(Func<ImportOptions, ImportOptions>? import = null) => TestNode.StartAsync(
        options => options with { Imports = [(import ?? (static same => same))(new("emulator", "fake:///orders"))] }, source: _source);
}
