using System.Text.Json.Nodes;
using Rollcall.TestKit;
using Rollcall.TestKit.Sources;
using Rollcall.TestKube;
using Rollcall.TestKube.Api;
using Rollcall.TestKube.Objects;

namespace Rollcall.Kubernetes.Tests.Reading;

/// <summary>What endpoints of a service look like, over the wire.</summary>
public sealed class SlicesTests
{
    private static readonly ServiceTarget Orders = ServiceTarget.Parse("k8s:///shop/orders");

    [Fact]
    public async Task An_endpoint_carries_all_that_its_slice_knows()
    {
        await using var cluster = await TestCluster.StartAsync();
        var endpoint = Manifest.SliceEndpoint("10.0.0.7", zone: "a", node: "node-1", pod: "orders-3");
        endpoint["hostname"] = "orders-3";
        endpoint["targetRef"]!["uid"] = "u-1";
        endpoint["hints"] = new JsonObject { ["forZones"] = new JsonArray(new JsonObject { ["name"] = "a" }, new JsonObject { ["name"] = "b" }) };
        cluster.Server.Put(Manifest.Slice("shop", "orders", "orders-x", [("http", 8080), ("grpc", 9000)], [endpoint]));

        var set = await cluster.Source().DiscoverAsync(Orders, CancellationToken.None);

        var found = Assert.Single(set.Endpoints);
        Assert.Equal(("orders-3", "10.0.0.7", "a", "node-1", EndpointState.Ready), (found.Id, found.Host, found.Zone, found.Node, found.State));
        Assert.Equal("grpc=9000 http=8080", string.Join(' ', found.Ports.Select(static port => $"{port.Key}={port.Value}")));
        Assert.Equal(
            new SmallMap<string>(
            [
                new("namespace", "shop"), new("pod", "orders-3"), new("pod-uid", "u-1"), new("instance", "3"), new("dns", "orders-3.orders.shop.svc.cluster.local"),
                new("target", "Pod/shop/orders-3"), new("hint-zones", "a,b"),
            ]),
            found.Metadata);
    }

    [Fact]
    public async Task States_follow_the_conditions()
    {
        await using var cluster = await TestCluster.StartAsync();
        var unknown = Manifest.SliceEndpoint("10.0.0.1");
        unknown["conditions"] = new JsonObject();
        cluster.PutSlice(
            "orders-1",
            unknown,
            Manifest.SliceEndpoint("10.0.0.2", ready: false),
            Manifest.SliceEndpoint("10.0.0.3", ready: false, serving: true, terminating: true),
            Manifest.SliceEndpoint("10.0.0.4", ready: false, serving: false, terminating: true),
            // publishNotReadyAddresses: the controller calls everything ready.
            Manifest.SliceEndpoint("10.0.0.5", ready: true, terminating: true));

        var set = await cluster.Source().DiscoverAsync(Orders, CancellationToken.None);

        Assert.Equal(
            [EndpointState.Ready, EndpointState.NotReady, EndpointState.Draining, EndpointState.NotReady, EndpointState.Ready],
            set.Endpoints.Select(static endpoint => endpoint.State));
        Assert.All(set.Endpoints, static endpoint => Assert.Equal(endpoint.State != EndpointState.Ready, endpoint.Reason is not null));
    }

    [Theory]
    [InlineData(":http", "http=8080")]
    [InlineData(":9000", "grpc=9000")]
    public async Task A_wanted_port_is_the_only_one_and_the_others_are_told(string port, string expected)
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Server.Put(Manifest.Slice("shop", "orders", "orders-1", [("http", 8080), ("grpc", 9000)], [Manifest.SliceEndpoint("10.0.0.1")]));

        var set = await cluster.Source().DiscoverAsync(ServiceTarget.Parse($"k8s:///shop/orders{port}"), CancellationToken.None);

        var found = Assert.Single(set.Endpoints);
        Assert.Equal(expected, string.Join(' ', found.Ports.Select(static pair => $"{pair.Key}={pair.Value}")));
        Assert.Equal("grpc=9000,http=8080", found.Metadata["ports"]);
    }

    [Theory]
    [InlineData("admin")]
    [InlineData("81")]
    public async Task A_wanted_port_that_is_absent_is_an_error_that_lists_those_there_are_until_it_appears(string port)
    {
        await using var cluster = await TestCluster.StartAsync();
        var target = ServiceTarget.Parse($"k8s:///shop/orders:{port}");
        var source = cluster.Source();
        // A service without endpoints has no port to miss.
        Assert.Empty((await source.DiscoverAsync(target, CancellationToken.None)).Endpoints);
        cluster.Server.Put(Manifest.Slice("shop", "orders", "orders-1", [("http", 8080), ("grpc", 9000)], [Manifest.SliceEndpoint("10.0.0.1")]));

        var error = await Assert.ThrowsAsync<DiscoveryException>(() => source.DiscoverAsync(target, CancellationToken.None).AsTask());

        Assert.Contains($"'{port}'; there are: grpc (9000), http (8080)", error.Message, StringComparison.Ordinal);
        await using var watch = new WatchRecorder(source, target);
        cluster.Server.Put(Manifest.Slice("shop", "orders", "orders-1", [("admin", 81)], [Manifest.SliceEndpoint("10.0.0.1")]));
        await Eventually.True(() => watch.Last is { Endpoints.Length: 1 });
    }

    [Fact]
    public async Task Ports_without_a_name_or_without_a_list_work()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Server.Put(Manifest.Slice("shop", "orders", "orders-1", [("", 8080)], [Manifest.SliceEndpoint("10.0.0.1")]));
        cluster.Server.Put(Manifest.Slice("shop", "bare", "bare-1", [], [Manifest.SliceEndpoint("10.0.0.2")]));
        var source = cluster.Source();

        Assert.Equal(8080, Assert.Single((await source.DiscoverAsync(Orders, CancellationToken.None)).Endpoints).Ports["http"]);
        Assert.Equal(81, Assert.Single((await source.DiscoverAsync(ServiceTarget.Parse("k8s:///shop/bare:81"), CancellationToken.None)).Endpoints).Ports["http"]);
        Assert.Empty(Assert.Single((await source.DiscoverAsync(ServiceTarget.Parse("k8s:///shop/bare"), CancellationToken.None)).Endpoints).Ports);
    }

    [Theory]
    [InlineData("ipv4", "10.0.0.1")]
    [InlineData("ipv6", "fd00::1")]
    public async Task A_pod_of_both_families_is_one_endpoint(string family, string expected)
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Server.Put(Manifest.Slice("shop", "orders", "orders-4", [("http", 80)], [Manifest.SliceEndpoint("10.0.0.1", pod: "orders-0"), Manifest.SliceEndpoint("10.0.0.9")]));
        cluster.Server.Put(Manifest.Slice(
            "shop", "orders", "orders-6", [("http", 80)], [Manifest.SliceEndpoint("fd00::1", pod: "orders-0"), Manifest.SliceEndpoint("fd00::9")], "IPv6"));

        var set = await cluster.Source().DiscoverAsync(ServiceTarget.Parse($"k8s:///shop/orders?family={family}"), CancellationToken.None);

        // Neither is an address that nothing ties to a pod listed twice, once for each family.
        Assert.Equal(2, set.Endpoints.Length);
        Assert.Equal(expected, Assert.Single(set.Endpoints, static endpoint => endpoint.Id == "orders-0").Host);
    }

    [Fact]
    public async Task While_a_pod_is_in_two_slices_the_newer_word_counts_and_it_is_listed_once()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1", pod: "orders-0"), Manifest.SliceEndpoint("10.0.0.2", pod: "orders-1"));
        await using var watch = new WatchRecorder(cluster.Source(), Orders);
        await Eventually.True(() => watch.Last is not null);

        cluster.PutSlice("orders-2", Manifest.SliceEndpoint("10.0.0.1", ready: false, pod: "orders-0"));
        await Eventually.True(() => watch.Last!.Endpoints[0].State == EndpointState.NotReady);
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.2", pod: "orders-1"));
        cluster.PutSlice("orders-2", Manifest.SliceEndpoint("10.0.0.1", pod: "orders-0"));
        await Eventually.True(() => watch.Last!.Endpoints[0].State == EndpointState.Ready);

        Assert.All(watch.Seen, static set => Assert.Equal(["orders-0", "orders-1"], set.Endpoints.Select(static endpoint => endpoint.Id)));
    }

    [Fact]
    public async Task The_beta_is_understood()
    {
        await using var cluster = await TestCluster.StartAsync(new KubeServerOptions { Slices = SliceSupport.V1Beta1 });
        cluster.Server.Put(Manifest.Slice("shop", "orders", "orders-1", [("http", 80)], [Manifest.SliceEndpoint("10.0.0.1", zone: "a", node: "n1")]));

        var set = await cluster.Source().DiscoverAsync(Orders, CancellationToken.None);

        var found = Assert.Single(set.Endpoints);
        Assert.Equal(("a", "n1"), (found.Zone, found.Node));
        Assert.True(set.Freshness.IsLive);
        Assert.DoesNotContain(cluster.Log.Of(Microsoft.Extensions.Logging.LogLevel.Warning), static line => line.Contains("instead", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Targets_of_a_namespace_share_a_watch_and_see_only_their_own_service()
    {
        await using var cluster = await TestCluster.StartAsync();
        var source = cluster.Source();
        foreach (var service in new[] { "a", "b", "c" })
            cluster.Server.Put(Manifest.Slice("shop", service, $"{service}-1", [("http", 80)], [Manifest.SliceEndpoint("10.0.0.1", pod: $"{service}-0")]));
        await using var a = new WatchRecorder(source, ServiceTarget.Parse("k8s:///shop/a"));
        await using var b = new WatchRecorder(source, ServiceTarget.Parse("k8s:///shop/b"));
        await using var other = new WatchRecorder(source, ServiceTarget.Parse("k8s:///other/a"));
        await Eventually.True(() => a.Last is not null && b.Last is not null && other.Last is not null);

        cluster.Server.Put(Manifest.Slice("shop", "c", "c-1", [("http", 80)], []));
        cluster.Server.Delete(ApiResource.EndpointSlices, "shop", "a-1");
        await Eventually.True(() => a.Last!.Endpoints.IsEmpty);

        Assert.Equal("b-0", Assert.Single(Assert.Single(b.Seen).Endpoints).Id);
        Assert.Equal(2, cluster.Server.Counters.OpenWatches);
        Assert.Equal(1, cluster.Server.Counters.OpenConnections);
        Assert.Equal(2, cluster.Server.Counters.Count("list", "endpointslices"));
        Assert.All(cluster.Server.Counters.Requests, static request => Assert.Equal("HTTP/2", request.Protocol));
    }
}
