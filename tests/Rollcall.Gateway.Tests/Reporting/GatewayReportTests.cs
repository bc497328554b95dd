using Microsoft.AspNetCore.Http;
using Rollcall.Api;

namespace Rollcall.Gateway.Tests.Reporting;

public sealed class GatewayReportTests
{
    [Fact]
    public async Task A_breaker_tells_since_when_it_is_open_and_until_when()
    {
        await using var orders = await TestBackEnd.StartAsync(static context =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        });
        await using var gateway = await TestGateway.StartAsync($$"""
            clusters:
              orders: { target: "{{orders.Target}}", breakerMinRequests: 2, breakerPause: 30m }
              without: { target: "{{orders.Target}}", breakerMinRequests: 0 }
            default: orders
            """);
        var before = Cluster(gateway, "orders").Breaker!;
        var start = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < 3; i++)
            (await gateway.Client.GetAsync(new Uri("/", UriKind.Relative))).Dispose();

        var after = Cluster(gateway, "orders").Breaker!;

        Assert.Equal(("closed", null, null), (before.State, before.Since, before.Until));
        Assert.Equal("open", after.State);
        Assert.InRange(after.Since!.Value, start, TimeProvider.System.GetUtcNow());
        Assert.Equal(TimeSpan.FromMinutes(30), after.Until - after.Since);
        Assert.Null(Cluster(gateway, "without").Breaker);
    }

    [Fact]
    public async Task A_route_tells_what_keeps_its_requests_together_and_what_became_of_its_copies()
    {
        await using var orders = await TestBackEnd.SayingAsync("orders");
        await using var gateway = await TestGateway.StartAsync($$"""
            clusters:
              orders: { target: "{{orders.Target}}", balancer: ring-hash }
            routes:
              plain: { path: /plain, to: orders }
              keyed: { path: /keyed, to: orders, affinity: "claim:sub" }
              stuck: { path: /stuck, to: orders, affinity: { cookie: stay }, mirror: { to: orders, share: 0% } }
            """);
        await gateway.GetAsync("/stuck");

        var routes = gateway.Host.Report().Routes;

        Assert.Equal([null, "claim:sub", null], routes.Select(static route => route.Affinity));
        Assert.Equal([null, null, new GatewaySessionsDocument { Cookie = "stay", Kept = 0, Begun = 1, Moved = 0 }], routes.Select(static route => route.Sessions));
        Assert.Equal(
            [null, null, new GatewayMirrorDocument { Cluster = "orders", Percent = 0, Sent = 0, Failed = 0, Skipped = 0, Dropped = 0, UnderWay = 0 }],
            routes.Select(static route => route.Mirror));
    }

    private static GatewayClusterDocument Cluster(TestGateway gateway, string name) => gateway.Host.Report().Clusters.Single(cluster => cluster.Name == name);
}
