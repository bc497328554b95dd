using System.Net;
using System.Text;
using Rollcall.Api;
using Rollcall.Node.Problems;

namespace Rollcall.Node.Tests.Api;

/// <summary>The rows of the error table of docs/http-api.md that need nothing broken; storage has tests of its own.</summary>
public sealed class ErrorTableTests
{
    private const string Instance = "/api/services/orders/instances/o-1";

    [Theory]
    [InlineData("PUT", "/api/services/Orders/instances/o-1", TestNode.Orders, 400, "invalid-request", "service")]
    [InlineData("PUT", "/api/services/orders/instances/o_1", TestNode.Orders, 400, "invalid-request", "id")]
    [InlineData("PUT", "/api/services/or%2Fders/instances/o-1", TestNode.Orders, 400, "invalid-request", "service")]
    [InlineData("PUT", "/api/services/%01/instances/%1b", TestNode.Orders, 400, "invalid-request", "id")]
    [InlineData("PUT", Instance, """{"address":"h"}""", 400, "invalid-request", "ports")]
    [InlineData("PUT", Instance, """{"address":"h","ports":{"http":65536}}""", 400, "invalid-request", "ports.http")]
    [InlineData("PUT", Instance, """{"address":"h","ports":{"http":1},"ttl":"25h"}""", 400, "invalid-request", "ttl")]
    [InlineData("PUT", Instance, "not json", 400, "malformed-json", null)]
    [InlineData("PUT", Instance, "", 400, "malformed-json", null)]
    [InlineData("PUT", Instance + "/status", """{"state":"up"}""", 400, "invalid-request", "state")]
    [InlineData("POST", Instance + "/drain?timeout=11m", null, 400, "invalid-request", "timeout")]
    [InlineData("POST", Instance + "/drain?timeout=1s&timeout=1s", null, 400, "invalid-request", "timeout")]
    [InlineData("DELETE", "/api/services/Orders/instances/o-1", null, 400, "invalid-request", "service")]
    [InlineData("POST", "/api/services/orders/instances/o_1/drain", null, 400, "invalid-request", "id")]
    [InlineData("GET", "/api/services/Orders", null, 400, "invalid-request", "service")]
    [InlineData("GET", "/api/services/orders?index=x", null, 400, "invalid-request", "index")]
    [InlineData("GET", "/api/watch?service=A", null, 400, "invalid-request", "service")]
    [InlineData("GET", "/api/services/orders", null, 404, "service-not-found", null)]
    [InlineData("GET", "/api/services/orders/watchers", null, 404, "service-not-found", null)]
    [InlineData("DELETE", Instance, null, 404, "instance-not-found", null)]
    [InlineData("POST", Instance + "/drain", null, 404, "instance-not-found", null)]
    [InlineData("PUT", Instance + "/status", """{"state":"ready"}""", 404, "instance-not-found", null)]
    [InlineData("GET", "/nope", null, 404, "no-such-route", null)]
    [InlineData("GET", "/api", null, 404, "no-such-route", null)]
    [InlineData("PUT", "/api/services/orders/instances/", TestNode.Orders, 404, "no-such-route", null)]
    [InlineData("GET", "/openapi/v2.json", null, 404, "no-such-route", null)]
    [InlineData("POST", "/api/services", "{}", 405, "method-not-allowed", null)]
    [InlineData("PATCH", Instance, "{}", 405, "method-not-allowed", null)]
    [InlineData("WHATEVER", "/healthz", null, 405, "method-not-allowed", null)]
    [InlineData("HEAD", "/api/watch", null, 405, null, null)]
    public async Task Each_kind_of_bad_request_has_its_answer(string method, string path, string? body, int status, string? kind, string? field)
    {
        await using var node = await TestNode.StartAsync();
        var reply = await node.SendAsync(method, path, body);
        Assert.Equal((status, kind), ((int)reply.Status, reply.Problem));
        if (field is not null)
            Assert.True(reply.Error(field) is not null, reply.Body);
        Assert.Equal(0, node.Registry.Catalog.Revision);
    }

    [Theory]
    [InlineData("POST", "/api/services/orders", "GET, HEAD")]
    [InlineData("POST", Instance, "DELETE, PUT")]
    [InlineData("GET", "/api/renew", "POST")]
    public async Task A_wrong_method_names_the_right_ones(string method, string path, string allow)
    {
        await using var node = await TestNode.StartAsync();
        var reply = await node.SendAsync(method, path);
        Assert.Equal(allow, string.Join(", ", reply.Headers["Allow"].Split(", ").Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_has_at_most_64_KiB(bool chunked)
    {
        await using var node = await TestNode.StartAsync();
        foreach (var (size, status) in new[] { (64 * 1024, HttpStatusCode.Created), ((64 * 1024) + 1, HttpStatusCode.RequestEntityTooLarge), (1 << 20, HttpStatusCode.RequestEntityTooLarge) })
        {
            // Its own connection: one that was refused is closed by the node.
            using var http = node.NewHttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/services/orders/instances/o-{size}");
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(TestNode.Orders.PadRight(size)));
            request.Headers.TransferEncodingChunked = chunked;
            request.Headers.ExpectContinue = true;
            using var response = await http.SendAsync(request);
            var reply = await Reply.ReadAsync(response);
            Assert.Equal(status, reply.Status);
            if (status != HttpStatusCode.Created)
                Assert.Equal("body-too-large", reply.Problem);
        }

        Assert.Equal(1, node.Registry.Catalog.Revision);
    }

    [Theory]
    [InlineData("")]
    [InlineData("é")]
    [InlineData("a\tb")]
    [InlineData("256+")]
    public async Task A_wrong_owner_secret_is_refused(string secret)
    {
        await using var node = await TestNode.StartAsync();
        var reply = await node.PutAsync("orders", "o-1", TestNode.Orders, (ApiNames.OwnerHeader, secret == "256+" ? new string('x', 257) : secret));
        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Equal(0, node.Registry.Catalog.Revision);
    }

    [Fact]
    public async Task A_wrong_watcher_name_is_refused()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        foreach (var path in new[] { "/api/services/orders?index=1", "/api/watch" })
            Assert.NotNull((await node.GetAsync(path, (ApiNames.WatcherHeader, new string('x', 129)))).Error(ApiNames.WatcherHeader));
    }

    [Fact]
    public async Task A_page_of_another_site_may_read_and_not_write()
    {
        await using var node = await TestNode.StartAsync();
        var header = ("Sec-Fetch-Site", "cross-site");
        Assert.Equal("cross-site", (await node.PutAsync("orders", "o-1", TestNode.Orders, header)).Problem);
        Assert.Equal("cross-site", (await node.SendAsync("POST", "/api/renew", """{"leases":[]}""", header)).Problem);
        Assert.Equal(HttpStatusCode.OK, (await node.GetAsync("/api/services", header)).Status);
        Assert.Equal(HttpStatusCode.Created, (await node.PutAsync("orders", "o-1", TestNode.Orders, ("Sec-Fetch-Site", "same-origin"))).Status);
    }

    [Fact]
    public async Task Limits_of_the_registry_are_named()
    {
        await using var node = await TestNode.StartAsync(static options => options with
        {
            Registry = options.Registry with { MaxServices = 1, MaxInstancesPerService = 2 },
        });
        await node.PutAsync("orders", "o-1");
        await node.PutAsync("orders", "o-2");
        foreach (var (service, id) in new[] { ("orders", "o-3"), ("stock", "s-1") })
        {
            var reply = await node.PutAsync(service, id);
            Assert.Equal((HttpStatusCode.Conflict, "limit-reached"), (reply.Status, reply.Problem));
        }
    }

    [Fact]
    public async Task What_is_echoed_cannot_steer_a_terminal()
    {
        await using var node = await TestNode.StartAsync();
        foreach (var reply in new[]
        {
            await node.PutAsync("orders", "o-1", """{"address":"\u001b[2J","ports":{"\u0007":1},"metadata":{"k":"\u202e"}}"""),
            await node.GetAsync("/api/services/orders?zone=%1b%5b2J&index=%07"),
            await node.GetAsync("/api/%1b%5b2J"),
        })
        {
            Assert.NotNull(reply.Problem);
            foreach (var text in Texts(reply.Json))
                Assert.True(Echo.Clean(text) == text, text);
        }
    }

    private static IEnumerable<string> Texts(System.Text.Json.JsonElement json) => json.ValueKind switch
    {
        System.Text.Json.JsonValueKind.Object => json.EnumerateObject().SelectMany(static property => Texts(property.Value).Prepend(property.Name)),
        System.Text.Json.JsonValueKind.String => [json.GetString()!],
        _ => [],
    };
}
