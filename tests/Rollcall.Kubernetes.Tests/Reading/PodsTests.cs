using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Rollcall.TestKit;
using Rollcall.TestKit.Sources;
using Rollcall.TestKube;
using Rollcall.TestKube.Access;
using Rollcall.TestKube.Faults;
using Rollcall.TestKube.Objects;

namespace Rollcall.Kubernetes.Tests.Reading;

/// <summary>Pods as endpoints, and what they add to the endpoints of slices.</summary>
public sealed class PodsTests
{
    [Fact]
    public async Task Pods_are_chosen_by_a_selector_and_carry_their_own_ports()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Server.Put(Manifest.Pod("shop", "orders-0", "10.0.0.1", "orders", ports: [("http", 8080)]));
        cluster.Server.Put(Manifest.Pod("shop", "other-0", "10.0.0.2", "other", ports: [("http", 8080)]));

        var source = cluster.Source();
        var set = await source.DiscoverAsync(ServiceTarget.Parse("k8s:///shop/orders?mode=pods&selector=app%20in%20(orders)"), CancellationToken.None);

        var found = Assert.Single(set.Endpoints);
        Assert.Equal(("orders-0", "10.0.0.1", 8080, "node-1"), (found.Id, found.Host, found.Ports["http"], found.Node));
        Assert.Equal("2026-01-01T00:00:00Z", found.Metadata["started"]);
        // A number that no container declares is as good as any: declaring ports is optional.
        Assert.Equal(9, (await source.DiscoverAsync(ServiceTarget.Parse("k8s:///shop/orders:9?mode=pods&selector=app=orders"), CancellationToken.None)).Endpoints[0].Ports["http"]);
        var error = await Assert.ThrowsAsync<DiscoveryException>(
            () => source.DiscoverAsync(ServiceTarget.Parse("k8s:///shop/orders:grpc?mode=pods&selector=app=orders"), CancellationToken.None).AsTask());
        Assert.Contains("http (8080)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_names_the_ports_of_its_pods_and_a_change_of_it_is_followed()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Server.Put(Manifest.Pod("shop", "orders-0", "10.0.0.1", "orders", ports: [("web", 8080)]));
        cluster.Server.Put(Manifest.Pod("shop", "blue-0", "10.0.0.2", "blue", ready: false, ports: [("web", 8081)]));
        var service = Manifest.Service("shop", "orders", ("http", 80));
        service["spec"]!["ports"]![0]!["targetPort"] = "web";
        cluster.Server.Put(service);
        await using var watch = new WatchRecorder(cluster.Source(), ServiceTarget.Parse("k8s:///shop/orders?mode=pods"));
        await Eventually.True(() => watch.Last is { Endpoints: [{ Id: "orders-0" }] });
        Assert.Equal(8080, watch.Last!.Endpoints[0].Ports["http"]);

        cluster.Server.Change(ApiResource.Services, "shop", "orders", static json => json["spec"]!["selector"] = new JsonObject { ["app"] = "blue" });
        await Eventually.True(() => watch.Last.Endpoints is [{ Id: "blue-0", State: EndpointState.NotReady }]);
        Assert.Equal(8081, watch.Last.Endpoints[0].Ports["http"]);

        cluster.Server.Change(ApiResource.Services, "shop", "orders", static json => json["spec"]!["publishNotReadyAddresses"] = true);
        await Eventually.True(() => watch.Last.Endpoints is [{ State: EndpointState.Ready }]);

        cluster.Server.Delete(ApiResource.Services, "shop", "orders");
        await Eventually.True(() => watch.Last.Endpoints.IsEmpty);
    }

    [Fact]
    public async Task The_states_of_pods_are_those_of_endpoints_and_pods_that_have_ended_are_gone()
    {
        await using var cluster = await TestCluster.StartAsync();
        foreach (var (name, change) in new (string, Action<JsonNode>)[]
        {
            ("a-ready", static _ => { }),
            ("b-booting", static pod => (pod["status"]!["conditions"]![0]!["status"], pod["status"]!["conditions"]![0]!["reason"]) = ("False", "ContainersNotReady")),
            ("c-leaving", static pod => pod["metadata"]!["deletionTimestamp"] = "2026-01-01T00:00:00Z"),
            ("d-done", static pod => pod["status"]!["phase"] = "Succeeded"),
            ("e-new", static pod => (pod["status"]!["podIP"], pod["status"]!["podIPs"]) = (null, null)),
            ("f-odd", static pod => pod["status"] = null),
        })
        {
            var pod = Manifest.Pod("shop", name, "10.0.0.1", "orders", ports: [("http", 80)]);
            change(pod);
            cluster.Server.Put(pod);
        }

        var set = await cluster.Source().DiscoverAsync(ServiceTarget.Parse("k8s:///shop/orders?mode=pods&selector=app=orders"), CancellationToken.None);

        Assert.Equal(
            [("a-ready", EndpointState.Ready), ("b-booting", EndpointState.NotReady), ("c-leaving", EndpointState.Draining)],
            set.Endpoints.Select(static endpoint => (endpoint.Id, endpoint.State)));
        Assert.Contains("ContainersNotReady", set.Endpoints[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_pods_know_is_added_to_slices_and_follows_them()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1", pod: "orders-0"));
        var pod = Manifest.Pod("shop", "orders-0", "10.0.0.1", "orders");
        pod["status"]!["conditions"]![0]!["lastTransitionTime"] = "2026-01-01T00:00:09Z";
        cluster.Server.Put(pod);
        await using var watch = new WatchRecorder(cluster.Source(static options => options.Labels.Add("version")), ServiceTarget.Parse("k8s:///shop/orders"));
        await Eventually.True(() => watch.Last is not null);
        Assert.Equal("2026-01-01T00:00:00Z", watch.Seen[0].Endpoints[0].Metadata["started"]);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 9, TimeSpan.Zero), watch.Seen[0].Endpoints[0].Since);

        cluster.Server.Change(ApiResource.Pods, "shop", "orders-0", static json => json["metadata"]!["labels"]!["version"] = "v2");
        await Eventually.True(() => watch.Last!.Endpoints[0].Metadata.ContainsKey("label.version"));

        // What does not concern its endpoint is no news.
        cluster.Server.Change(ApiResource.Pods, "shop", "orders-0", static json => json["metadata"]!["labels"]!["other"] = "x");
        cluster.Server.Put(Manifest.Pod("shop", "else-0", "10.0.0.9", "else"));
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.2", pod: "orders-0"));
        await Eventually.True(() => watch.Last!.Endpoints[0].Host == "10.0.0.2");
        Assert.Equal(3, watch.Seen.Length);
        Assert.Equal("v2", watch.Last!.Endpoints[0].Metadata["label.version"]);
    }

    [Fact]
    public async Task Where_pods_may_not_be_read_endpoints_come_without()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1", pod: "orders-0"));
        cluster.WriteKubeconfig(cluster.Server.Kubeconfig(cluster.Server.AddServiceAccount("shop", "caller", AccessRule.Read("shop", "endpointslices"))));

        var set = await cluster.Source().DiscoverAsync(ServiceTarget.Parse("k8s:///shop/orders?pods=true"), CancellationToken.None);

        Assert.True(set.Freshness.IsLive);
        Assert.False(Assert.Single(set.Endpoints).Metadata.ContainsKey("started"));
        Assert.Contains(cluster.Log.Of(LogLevel.Warning), static line => line.Contains("without what pods know", StringComparison.Ordinal) && line.Contains("resources: [\"pods\"]", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Slices_do_not_wait_long_for_what_pods_know()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.PutSlice("orders-1", Manifest.SliceEndpoint("10.0.0.1", pod: "orders-0"));
        cluster.Server.Put(Manifest.Pod("shop", "orders-0", "10.0.0.1", "orders"));
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Server.Faults.Add(new Fault(FaultKind.Slow) { Resource = "pods", Times = 1, Until = seen.Task });

        await using var watch = new WatchRecorder(cluster.Source(), ServiceTarget.Parse("k8s:///shop/orders?pods=true"));
        await Eventually.True(() => watch.Last is not null);
        seen.SetResult();

        await Eventually.True(() => watch.Last is { } last && last.Endpoints[0].Metadata.ContainsKey("started"));
        Assert.Equal(2, watch.Seen.Length);
        Assert.False(Assert.Single(watch.Seen[0].Endpoints).Metadata.ContainsKey("started"));
    }
}
