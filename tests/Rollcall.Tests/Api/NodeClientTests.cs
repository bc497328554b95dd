using System.Net;
using Rollcall.Api;

namespace Rollcall.Tests.Api;

public sealed class NodeClientTests
{
    private const string Written = """{"service":"orders","id":"o-1","revision":42,"lease":{"ttl":"10s","renewEvery":"3.333s"}}""";

    private static readonly RegistrationDocument Registration = new()
    {
        Address = "10.0.0.5",
        Ports = new SmallMap<int>([new("http", 8080)]),
    };

    [Fact]
    public async Task Register_puts_the_document_and_reads_the_lease()
    {
        var handler = new FakeHandler(HttpStatusCode.Created, Written);

        var written = await new NodeClient(handler.Client()).RegisterAsync("orders", "o-1", Registration, "secret");

        Assert.Equal(["PUT /api/services/orders/instances/o-1"], handler.Asked);
        Assert.Equal(["""{"address":"10.0.0.5","ports":{"http":8080}}"""], handler.Bodies);
        Assert.Equal(["secret"], handler.Headers!.GetValues("Rollcall-Owner"));
        Assert.Equal(42, written.Revision);
        Assert.Equal("3.333s", written.Lease?.RenewEvery);
    }

    [Fact]
    public async Task Each_write_goes_to_its_route()
    {
        var handler = new FakeHandler((request, _) => Task.FromResult(FakeHandler.Response(HttpStatusCode.OK, request.RequestUri!.AbsolutePath switch
        {
            "/api/renew" => """{"results":[{"service":"orders","id":"o-1","result":"unknown"}]}""",
            var path when path.EndsWith("/drain", StringComparison.Ordinal) =>
                """{"service":"orders","id":"o-1","revision":57,"complete":true,"elapsed":"12ms","watchers":3,"waiting":[]}""",
            _ => Written,
        })));
        var client = new NodeClient(handler.Client());

        await client.DeregisterAsync("orders", "o-1", "secret");
        var renewed = await client.RenewAsync([new("orders", "o-1")], "secret");
        await client.SetStatusAsync("orders", "o-1", EndpointState.NotReady, "warming up", "secret");
        var drained = await client.DrainAsync("orders", "o-1", TimeSpan.FromSeconds(5), "secret");

        Assert.Equal(
            [
                "DELETE /api/services/orders/instances/o-1",
                "POST /api/renew",
                "PUT /api/services/orders/instances/o-1/status",
                "POST /api/services/orders/instances/o-1/drain?timeout=5s",
            ],
            handler.Asked);
        Assert.Equal(
            [null, """{"leases":[{"service":"orders","id":"o-1"}]}""", """{"state":"not-ready","reason":"warming up"}""", null],
            handler.Bodies);
        Assert.Equal("unknown", Assert.Single(renewed.Results).Result);
        Assert.True(drained.Complete);
    }

    [Fact]
    public async Task Each_read_goes_to_its_route()
    {
        const string status = """
            {"version":"0.1.0","epoch":"e","revision":1,"started":"2026-01-01T00:00:00Z","services":0,"instances":0,"watchers":0,
             "journal":{"durability":"memory","bytes":0,"segments":0,"writable":true},"guard":{"active":false,"heldLeases":0},"residentBytes":1}
            """;
        var handler = new FakeHandler((request, _) => Task.FromResult(FakeHandler.Response(HttpStatusCode.OK, request.RequestUri!.AbsolutePath switch
        {
            "/api/services" => """{"revision":57,"services":[]}""",
            "/api/history" => """{"completeSince":"2026-01-01T00:00:00Z","changes":[],"truncated":true}""",
            "/api/status" => status,
            _ => """{"service":"orders","revision":57,"watchers":[]}""",
        })));
        var client = new NodeClient(handler.Client());

        Assert.Equal(57, (await client.ListServicesAsync()).Revision);
        Assert.Empty((await client.GetWatchersAsync("orders")).Watchers);
        Assert.True((await client.GetHistoryAsync("orders", "10m", 5)).Truncated);
        await client.GetHistoryAsync();
        Assert.True((await client.GetStatusAsync()).Journal.Writable);

        Assert.Equal(
            ["GET /api/services", "GET /api/services/orders/watchers", "GET /api/history?service=orders&since=10m&limit=5", "GET /api/history", "GET /api/status"],
            handler.Asked);
    }

    [Fact]
    public async Task A_query_carries_its_filters_and_its_watcher()
    {
        var handler = new FakeHandler(HttpStatusCode.OK, """{"service":"orders","revision":7,"epoch":"e","instances":[]}""");

        await new NodeClient(handler.Client()).GetServiceAsync("orders", new ServiceQuery
        {
            ReadyOnly = true,
            Zone = "a",
            Metadata = new SmallMap<string>([new("version", "v 2&3")]),
            Index = 6,
            Wait = TimeSpan.FromSeconds(45),
            Epoch = "e",
            At = "10m",
            Watcher = "checkout@m7#4711",
        });

        Assert.Equal(["GET /api/services/orders?ready=true&zone=a&meta.version=v%202%263&index=6&wait=45s&epoch=e&at=10m"], handler.Asked);
        Assert.Equal(["checkout@m7#4711"], handler.Headers!.GetValues("Rollcall-Watcher"));
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    public async Task A_name_that_would_reach_another_route_is_not_sent(string name)
    {
        var handler = new FakeHandler(HttpStatusCode.OK, Written);

        await Assert.ThrowsAsync<ArgumentException>(() => new NodeClient(handler.Client()).DeregisterAsync("orders", name));

        Assert.Empty(handler.Asked);
    }

    [Fact]
    public async Task A_strange_name_stays_one_segment_of_the_path()
    {
        var handler = new FakeHandler(HttpStatusCode.OK, Written);

        await new NodeClient(handler.Client()).DeregisterAsync("a/../b", "x?y#z");

        Assert.Equal(["DELETE /api/services/a%2F..%2Fb/instances/x%3Fy%23z"], handler.Asked);
    }

    [Theory]
    [InlineData("two\nlines")]
    [InlineData("clé")]
    public async Task A_secret_that_no_header_could_carry_is_refused(string owner) =>
        await Assert.ThrowsAsync<ArgumentException>(
            () => new NodeClient(new FakeHandler(HttpStatusCode.OK, Written).Client()).DeregisterAsync("orders", "o-1", owner));
}
