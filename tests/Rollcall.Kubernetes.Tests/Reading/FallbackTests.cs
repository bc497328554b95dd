using Microsoft.Extensions.Logging;
using Rollcall.TestKit;
using Rollcall.TestKit.Sources;
using Rollcall.TestKube;
using Rollcall.TestKube.Access;
using Rollcall.TestKube.Api;

namespace Rollcall.Kubernetes.Tests.Reading;

/// <summary>Slices that cannot be had.</summary>
public sealed class FallbackTests
{
    private static readonly ServiceTarget Orders = ServiceTarget.Parse("k8s:///shop/orders");

    [Fact]
    public async Task Without_slices_endpoints_are_read_which_is_said_once_and_slices_are_tried_again()
    {
        await using var cluster = await TestCluster.StartAsync(new KubeServerOptions { Slices = SliceSupport.None });
        PutBoth(cluster);
        var source = cluster.Source(static options => options.SliceRetryInterval = TimeSpan.FromSeconds(1));
        await using var watch = new WatchRecorder(source, Orders);
        await using var second = new WatchRecorder(source, ServiceTarget.Parse("k8s:///shop/orders:http"));
        await Eventually.True(() => watch.Last is not null && second.Last is not null);
        Assert.Equal(FreshnessKind.Fallback, watch.Seen[0].Freshness.Kind);
        Assert.Contains("404", watch.Seen[0].Freshness.Reason, StringComparison.Ordinal);
        Assert.Equal(["orders-0", "orders-1"], watch.Seen[0].Endpoints.Select(static endpoint => endpoint.Id));
        Assert.Equal([EndpointState.Ready, EndpointState.NotReady], watch.Seen[0].Endpoints.Select(static endpoint => endpoint.State));
        Assert.Single(cluster.Log.Of(LogLevel.Warning), static line => line.Contains("endpoints are read instead", StringComparison.Ordinal));

        cluster.Server.Slices = SliceSupport.V1;

        await Eventually.True(() => watch.Last!.Freshness.IsLive && second.Last!.Freshness.IsLive);
        Assert.Equal(2, watch.Seen.Length); // no gap and no false loss between
        Assert.Equal("a", watch.Last!.Endpoints[0].Zone);
        Assert.Single(cluster.Log.Of(LogLevel.Information), static line => line.Contains("can be read again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_forbidden_falls_back_and_the_log_has_the_role_that_allows_it()
    {
        await using var cluster = await TestCluster.StartAsync();
        PutBoth(cluster);
        var user = KubeUser.ServiceAccount("shop", "caller");
        var token = cluster.Server.AddServiceAccount("shop", "caller", AccessRule.Read("shop", "endpoints"));
        cluster.WriteKubeconfig(cluster.Server.Kubeconfig(token));
        await using var watch = new WatchRecorder(cluster.Source(static options => options.SliceRetryInterval = TimeSpan.FromSeconds(1)), Orders);
        await Eventually.True(() => watch.Last is not null);

        Assert.Equal(FreshnessKind.Fallback, watch.Last!.Freshness.Kind);
        Assert.Contains("403", watch.Last.Freshness.Reason, StringComparison.Ordinal);
        var line = Assert.Single(cluster.Log.Of(LogLevel.Warning), static line => line.Contains("endpoints are read instead", StringComparison.Ordinal));
        Assert.Contains("resources: [\"endpointslices\"]", line, StringComparison.Ordinal);

        cluster.Server.Access.Allow(user, AccessRule.Read("shop", "endpointslices"));
        await Eventually.True(() => watch.Last.Freshness.IsLive);
        // Taken away while watched: found out at the next request, and endpoints are read again.
        cluster.Server.Access.Forbid(user);
        cluster.Server.Access.Allow(user, AccessRule.Read("shop", "endpoints"));
        cluster.Server.Faults.CloseWatches();
        await Eventually.True(() => watch.Last.Freshness.Kind == FreshnessKind.Fallback);
    }

    [Fact]
    public async Task When_nothing_may_be_read_the_error_names_verb_resource_and_namespace_and_prints_the_role()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.WriteKubeconfig(cluster.Server.Kubeconfig(cluster.Server.AddServiceAccount("web", "frontend")));

        var error = await Assert.ThrowsAsync<DiscoveryException>(() => cluster.Source().DiscoverAsync(Orders, CancellationToken.None).AsTask());

        foreach (var part in new[]
        {
            "Not allowed to list endpointslices.discovery.k8s.io in the namespace shop", "Not allowed to list endpoints in the namespace shop", "kind: Role\n", "name: rollcall, namespace: shop", "resources: [\"endpoints\"]", "\"get\", \"list\", \"watch\"",
            "kind: RoleBinding", "kind: ServiceAccount, name: frontend, namespace: web",
        })
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoints_that_were_cut_off_are_no_live_answer()
    {
        await using var cluster = await TestCluster.StartAsync();
        var endpoints = Manifest.Endpoints("shop", "orders", [("http", 80)], [Manifest.Address("10.0.0.1")]);
        endpoints["metadata"]!["annotations"] = new System.Text.Json.Nodes.JsonObject { ["endpoints.kubernetes.io/over-capacity"] = "truncated" };
        cluster.Server.Put(endpoints);

        var set = await cluster.Source().DiscoverAsync(ServiceTarget.Parse("k8s:///shop/orders?mode=endpoints"), CancellationToken.None);

        Assert.Equal(FreshnessKind.Fallback, set.Freshness.Kind);
        Assert.Contains("1,000", set.Freshness.Reason, StringComparison.Ordinal);
    }

    private static void PutBoth(TestCluster cluster)
    {
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1", pod: "orders-0", zone: "a"), Manifest.SliceEndpoint("10.0.0.2", ready: false, pod: "orders-1", zone: "b"));
        cluster.Server.Put(Manifest.Endpoints(
            "shop", "orders", [("http", 80)], [Manifest.Address("10.0.0.1", "orders-0")], [Manifest.Address("10.0.0.2", "orders-1")]));
    }

    [Fact]
    public async Task When_nothing_may_be_read_slices_are_tried_each_time_so_that_the_role_helps_at_once()
    {
        await using var cluster = await TestCluster.StartAsync();
        PutBoth(cluster);
        cluster.WriteKubeconfig(cluster.Server.Kubeconfig(cluster.Server.AddServiceAccount("shop", "caller")));
        await using var watch = new WatchRecorder(cluster.Source(static options => options.Linger = TimeSpan.FromSeconds(10)), Orders);
        await Eventually.True(() => cluster.Server.Counters.Count("list", "endpoints") >= 2);

        cluster.Server.Access.Allow(KubeUser.ServiceAccount("shop", "caller"), AccessRule.Read("shop", "endpointslices"));

        await Eventually.True(() => watch.Last is { Freshness.IsLive: true, Endpoints.Length: 2 });
    }
}
