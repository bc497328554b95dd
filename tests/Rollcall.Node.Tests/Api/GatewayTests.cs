using Rollcall.Gateway;
using Rollcall.TestKit;

namespace Rollcall.Node.Tests.Api;

public sealed class GatewayTests
{
    [Fact]
    public async Task A_node_without_a_gateway_says_so()
    {
        await using var node = await TestNode.StartAsync();

        foreach (var (method, path) in new[] { ("GET", "/api/gateway"), ("POST", "/api/gateway/routes/orders/shift"), ("DELETE", "/api/gateway/routes/orders/shift") })
            Assert.Equal((404, "no-gateway"), Answer(await node.SendAsync(method, path)));
        Assert.False((await node.Client.GetStatusAsync()).Gateway);
    }

    [Fact]
    public async Task Routes_lead_to_clusters_and_instances_and_a_shift_is_told_until_it_is_reset()
    {
        var directory = Directory.CreateTempSubdirectory("gateway-");
        var file = Path.Combine(directory.FullName, "routes.yaml");
        await File.WriteAllTextAsync(file, """
            routes:
              orders:
                path: /orders
                splits:
                  - { version: v1, to: "static:///127.0.0.1:1", weight: 100 }
                  - { version: v2, to: "static:///127.0.0.1:2", weight: 0 }
            """);
        await using var gateway = await GatewayHost.BuildAsync(new GatewayOptions { RoutesFile = file, Urls = ["http://127.0.0.1:0"] }, CancellationToken.None);
        await gateway.StartAsync(CancellationToken.None);
        await using var node = await TestNode.StartAsync(gateway: () => gateway);
        using (var http = new HttpClient { BaseAddress = new Uri(gateway.Urls.First()) })
            (await http.GetAsync(new Uri("/orders", UriKind.Relative))).Dispose();

        // A request is counted when it is over, which its client may see sooner; for its instance last.
        var before = await node.Client.GetGatewayAsync();
        await Eventually.True(async () => (before = await node.Client.GetGatewayAsync()).Clusters.Sum(static cluster => cluster.Instances.Sum(static instance => instance.Traffic.Requests)) == 1);
        var shifted = await node.Client.ShiftAsync("orders", new Dictionary<string, string>(StringComparer.Ordinal) { ["v2"] = "10%" });
        var reset = await node.Client.ResetShiftAsync("orders");

        var route = Assert.Single(before.Routes);
        Assert.Equal((1, 1, 1), (route.Versions[0].Traffic.Requests, route.Versions[0].Traffic.Status5xx, route.Versions[0].Traffic.Failed));
        Assert.Equal(0, route.Versions[1].Traffic.Requests);
        Assert.Null(route.ShiftedAt);
        Assert.True((await node.Client.GetStatusAsync()).Gateway);
        var cluster = before.Clusters.Single(cluster => cluster.Name == route.Versions[0].Cluster);
        var instance = Assert.Single(cluster.Instances);
        Assert.Equal(("live", "ready", 1L, "unreachable"), (cluster.Freshness, instance.State, instance.Traffic.Requests, instance.Avoided?.Reason));
        Assert.Null(before.Reload.Error);
        Assert.Equal([90, 10], shifted.Versions.Select(static version => version.Percent));
        Assert.Equal([100, 0], shifted.Versions.Select(static version => version.ConfiguredPercent));
        Assert.NotNull(shifted.ShiftedAt);
        Assert.Equal([100, 0], reset.Versions.Select(static version => version.Percent));
        Assert.Null(reset.ShiftedAt);
        Assert.Equal((400, "invalid-request"), Answer(await node.SendAsync("POST", "/api/gateway/routes/orders/shift", """{"shares":{"v3":"10%"}}""")));
        Assert.Equal((400, "invalid-request"), Answer(await node.SendAsync("POST", "/api/gateway/routes/orders/shift", """{"shares":{"v2":"ten"}}""")));
        Assert.Equal((404, "route-not-found"), Answer(await node.SendAsync("POST", "/api/gateway/routes/none/shift", """{"shares":{"v2":"10%"}}""")));
        await gateway.StopAsync(CancellationToken.None);
        directory.Delete(recursive: true);
    }

    private static (int Status, string? Problem) Answer(Reply reply) => ((int)reply.Status, reply.Problem);
}
