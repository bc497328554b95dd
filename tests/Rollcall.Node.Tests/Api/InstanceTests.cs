using System.Net;
using Rollcall.Api;

namespace Rollcall.Node.Tests.Api;

public sealed class InstanceTests
{
    [Fact]
    public async Task A_registration_is_created_then_unchanged_then_replaced()
    {
        await using var node = await TestNode.StartAsync();

        var created = await node.PutAsync("orders", "o-1");
        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.Equal("application/json", created.MediaType);
        Assert.Equal("""{"service":"orders","id":"o-1","revision":1,"lease":{"ttl":"10s","renewEvery":"3s333ms"}}""", created.Body);

        var same = await node.PutAsync("orders", "o-1");
        Assert.Equal((HttpStatusCode.OK, 1), (same.Status, same.Json.GetProperty("revision").GetInt64()));

        var replaced = await node.PutAsync("orders", "o-1", """{"address":"10.0.0.6","ports":{"http":8080},"ttl":"1m"}""");
        Assert.Equal((HttpStatusCode.OK, 2), (replaced.Status, replaced.Json.GetProperty("revision").GetInt64()));
        Assert.Equal("1m", replaced.Json.GetProperty("lease").GetProperty("ttl").GetString());
        Assert.Equal("10.0.0.6", (await node.Client.GetServiceAsync("orders")).Instances.Single().Address);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("nonsense")]
    [InlineData(null)]
    public async Task Any_content_type_will_do(string? contentType)
    {
        await using var node = await TestNode.StartAsync();
        var reply = contentType is null ? await node.PutAsync("orders", "o-1") : await node.PutAsync("orders", "o-1", TestNode.Orders, ("Content-Type", contentType));
        Assert.Equal(HttpStatusCode.Created, reply.Status);
    }

    [Fact]
    public async Task A_chunked_body_is_read_whole()
    {
        await using var node = await TestNode.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/services/orders/instances/o-1");
        request.Content = new StringContent(TestNode.Orders.PadRight(40_000));
        request.Headers.TransferEncodingChunked = true;
        using var response = await node.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Fact]
    public async Task Deregistering_takes_it_away_once()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        var gone = await node.SendAsync("DELETE", "/api/services/orders/instances/o-1");
        Assert.Equal((HttpStatusCode.OK, """{"service":"orders","id":"o-1","revision":2}"""), (gone.Status, gone.Body));
        var again = await node.SendAsync("DELETE", "/api/services/orders/instances/o-1");
        Assert.Equal((HttpStatusCode.NotFound, "instance-not-found"), (again.Status, again.Problem));
    }

    [Fact]
    public async Task A_status_changes_readiness_and_ends_a_drain()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        var write = await node.SendAsync("PUT", "/api/services/orders/instances/o-1/status", """{"state":"not-ready","reason":"warming up"}""");
        Assert.Equal(HttpStatusCode.OK, write.Status);
        var instance = (await node.Client.GetServiceAsync("orders")).Instances.Single();
        Assert.Equal(("not-ready", "warming up"), (instance.State, instance.Reason));

        await node.Client.DrainAsync("orders", "o-1", TimeSpan.Zero, force: "a test");
        Assert.Equal("draining", (await node.Client.GetServiceAsync("orders")).Instances.Single().State);
        await node.Client.SetStatusAsync("orders", "o-1", EndpointState.Ready);
        Assert.Equal("ready", (await node.Client.GetServiceAsync("orders")).Instances.Single().State);
        var missing = await node.SendAsync("PUT", "/api/services/orders/instances/o-2/status", """{"state":"ready"}""");
        Assert.Equal("instance-not-found", missing.Problem);
    }

    [Fact]
    public async Task Only_its_owner_changes_renews_or_removes_an_owned_instance()
    {
        await using var node = await TestNode.StartAsync();
        const string path = "/api/services/orders/instances/o-1";
        await node.PutAsync("orders", "o-1", TestNode.Orders, (ApiNames.OwnerHeader, "s3cret"));

        foreach (var headers in new (string, string)[][] { [], [(ApiNames.OwnerHeader, "other")] })
        {
            Assert.Equal("not-owner", (await node.SendAsync("PUT", path, TestNode.Orders, headers)).Problem);
            Assert.Equal("not-owner", (await node.SendAsync("DELETE", path, null, headers)).Problem);
            Assert.Equal("not-owner", (await node.SendAsync("PUT", path + "/status", """{"state":"ready"}""", headers)).Problem);
            Assert.Equal("not-owner", (await node.SendAsync("POST", path + "/drain", null, headers)).Problem);
            var renewed = await node.SendAsync("POST", "/api/renew", """{"leases":[{"service":"orders","id":"o-1"}]}""", headers);
            Assert.Equal("""{"results":[{"service":"orders","id":"o-1","result":"forbidden"}]}""", renewed.Body);
        }

        Assert.Equal(1, (await node.Client.GetServiceAsync("orders")).Revision);
        Assert.DoesNotContain("s3cret", (await node.GetAsync("/api/services/orders")).Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await node.SendAsync("DELETE", path, null, (ApiNames.OwnerHeader, "s3cret"))).Status);
    }

    [Fact]
    public async Task Renewals_answer_in_the_order_asked()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        await node.PutAsync("stock", "s-1", TestNode.Orders, (ApiNames.OwnerHeader, "x"));
        var reply = await node.SendAsync(
            "POST", "/api/renew", """{"leases":[{"service":"stock","id":"s-1"},{"service":"orders","id":"o-9"},{"service":"orders","id":"o-1"},{"service":"orders","id":"o-1"}]}""");
        Assert.Equal(["forbidden", "unknown", "renewed", "renewed"], reply.Json.GetProperty("results").EnumerateArray().Select(static r => r.GetProperty("result").GetString()));
        Assert.Equal(2, node.Registry.Catalog.Revision);
    }

    [Fact]
    public async Task One_wrong_name_refuses_a_whole_renewal()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        var reply = await node.SendAsync("POST", "/api/renew", """{"leases":[{"service":"orders","id":"o-1"},{"service":"Orders","id":"o-1"}]}""");
        Assert.NotNull(reply.Error("leases[1].service"));
    }

    [Fact]
    public async Task A_lease_that_is_not_renewed_runs_out()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1", """{"address":"10.0.0.5","ports":{"http":8080},"ttl":"1s"}""");
        var expired = await node.Client.GetServiceAsync("orders", new ServiceQuery { Index = 1, Wait = TimeSpan.FromSeconds(20) });
        Assert.Equal("not-ready", expired.Instances.Single().State);
        await node.Client.RenewAsync([new("orders", "o-1")]);
        var revived = await node.Client.GetServiceAsync("orders", new ServiceQuery { Index = expired.Revision, Wait = TimeSpan.FromSeconds(20) });
        Assert.Equal("ready", revived.Instances.Single().State);
    }
}
