using System.Text.Json.Nodes;
using Rollcall.TestKit;
using Rollcall.TestKit.Sources;
using Rollcall.TestKube;
using Rollcall.TestKube.Objects;

namespace Rollcall.Kubernetes.Tests.Reading;

/// <summary>Services that are large, and that change as a cluster changes them.</summary>
public sealed class ScaleTests
{
    [Fact]
    public async Task Ten_thousand_endpoints_come_whole_and_in_order_over_several_pages()
    {
        await using var cluster = await TestCluster.StartAsync();
        for (var slice = 0; slice < 100; slice++)
        {
            var at = slice;
            cluster.PutSlice($"orders-{slice}", Enumerable.Range(0, 100).Select(i => Manifest.SliceEndpoint($"10.{at}.0.{i}", pod: $"orders-{at}-{i}")));
        }

        await using var watch = new WatchRecorder(cluster.Source(static options => options.PageSize = 30), ServiceTarget.Parse("k8s:///shop/orders"));
        await Eventually.True(() => watch.Last is not null);

        Assert.Equal(10_000, watch.Seen[0].Endpoints.Length);
        Assert.Equal(4, cluster.Server.Counters.Count("list", "endpointslices"));
        cluster.Server.Change(ApiResource.EndpointSlices, "shop", "orders-42", static json => json["endpoints"]!.AsArray().RemoveAt(7));
        await Eventually.True(() => watch.Last!.Endpoints.Length == 9_999);
        Assert.Equal(2, watch.Seen.Length);
    }

    [Fact]
    public async Task Scaling_a_stateful_set_up_and_down_is_followed_pod_by_pod_and_a_leaving_pod_drains()
    {
        await using var cluster = await TestCluster.StartAsync(new KubeServerOptions { Controllers = new() { StartTime = TimeSpan.FromMilliseconds(100), StopTime = TimeSpan.FromSeconds(2) } });
        cluster.Server.Put(Manifest.Service("shop", "orders", "None", ("http", 8080)));
        cluster.Server.Put(Manifest.StatefulSet("shop", "orders", 2, ("http", 8080)));
        await using var watch = new WatchRecorder(cluster.Source(), ServiceTarget.Parse("k8s:///shop/orders"));
        await Eventually.True(() => Ready() == "orders-0 orders-1");

        Scale(4);
        await Eventually.True(() => Ready() == "orders-0 orders-1 orders-2 orders-3");
        Scale(1);
        await Eventually.True(() => watch.Last!.Endpoints is [{ Id: "orders-0" }]);

        Assert.Contains(watch.Seen, static set => set.Endpoints.Any(static endpoint => endpoint is { Id: "orders-3", State: EndpointState.Draining }));
        Assert.All(watch.Seen, static set => Assert.True(set.Freshness.IsLive));
        // The pod that was there all along was ready all along.
        var since = watch.Seen.SkipWhile(static set => !set.Endpoints.Any(IsFirst));
        Assert.All(since, static set => Assert.Contains(set.Endpoints, IsFirst));
        Assert.Equal("0", watch.Last!.Endpoints[0].Metadata["instance"]);
        Assert.Equal("orders-0.orders.shop.svc.cluster.local", watch.Last.Endpoints[0].Metadata["dns"]);

        void Scale(int replicas) => cluster.Server.Change(ApiResource.StatefulSets, "shop", "orders", json => json["spec"]!["replicas"] = JsonValue.Create(replicas));
        string Ready() => string.Join(' ', watch.Last?.Endpoints.Where(static endpoint => endpoint.State == EndpointState.Ready).Select(static endpoint => endpoint.Id) ?? []);
        static bool IsFirst(Endpoint endpoint) => endpoint is { Id: "orders-0", State: EndpointState.Ready };
    }
}
