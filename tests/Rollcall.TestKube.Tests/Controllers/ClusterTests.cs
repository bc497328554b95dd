using System.Text.Json.Nodes;
using Rollcall.TestKit;
using Rollcall.TestKube.Controllers;
using Rollcall.TestKube.Objects;

namespace Rollcall.TestKube.Tests.Controllers;

/// <summary>The stand-ins for the controllers, on virtual time.</summary>
public sealed class ClusterTests : IAsyncLifetime
{
    // Certificates are judged by the system's clock.
    private readonly VirtualTime _time = new(TimeProvider.System.GetUtcNow());
    private KubeServer _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await KubeServer.StartAsync(new() { Time = _time, Controllers = new ClusterOptions { MaxEndpointsPerSlice = 10, StartTime = TimeSpan.FromSeconds(2), StopTime = TimeSpan.FromSeconds(3) } });
        _cluster.Put(Manifest.Node("node-1", "a"));
        _cluster.Put(Manifest.Node("node-2", "b"));
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Pods_come_one_after_the_other_each_not_ready_first()
    {
        Start("orders", 2);
        await Eventually.True(() => States() is ["orders-0 10.244.0.1 false false/false/false"]);
        await StateAsync(["orders-0 10.244.0.1 true true/true/false", "orders-1 10.244.0.2 false false/false/false"]);
        await StateAsync(["orders-0 10.244.0.1 true true/true/false", "orders-1 10.244.0.2 true true/true/false"]);
        var endpoint = Endpoints()[1];
        Assert.Equal(("node-2", "b", "orders-1"), (endpoint["nodeName"]!.ToString(), endpoint["zone"]!.ToString(), endpoint["hostname"]!.ToString()));
        var old = _cluster.Store.Get(ApiResource.Endpoints, "shop", "orders").ToJson()["subsets"]![0]!;
        Assert.Equal(["10.244.0.1", "10.244.0.2"], old["addresses"]!.AsArray().Select(static address => address!["ip"]!.ToString()));
    }

    [Fact]
    public async Task A_pod_that_ends_is_told_of_before_it_is_gone_and_comes_again()
    {
        Start("orders", 1);
        await ReadyAsync("orders", 1);
        var uid = Endpoints()[0]["targetRef"]!["uid"]!.ToString();
        _cluster.EndPod("shop", "orders-0");
        await Eventually.True(() => States() is ["orders-0 10.244.0.1 true false/true/true"]);
        // The old form has no word for it: the address is gone.
        Assert.False(_cluster.Store.Get(ApiResource.Endpoints, "shop", "orders").ToJson().ContainsKey("subsets"));
        await ReadyAsync("orders", 1);
        Assert.NotEqual(uid, Endpoints()[0]["targetRef"]!["uid"]!.ToString());
        Assert.Equal("10.244.0.2", Endpoints()[0]["addresses"]![0]!.ToString());
    }

    [Fact]
    public async Task Slices_hold_so_many_and_a_change_of_one_endpoint_changes_one_slice()
    {
        _cluster.Put(Manifest.Service("shop", "orders", ("http", 8080)));
        foreach (var i in Enumerable.Range(1, 25))
            _cluster.Put(Manifest.Pod("shop", $"orders-{i:00}", $"10.0.0.{i}", "orders"));
        await Eventually.True(() => Endpoints().Count == 25);
        Assert.Equal([10, 10, 5], Sizes());
        var before = Versions();
        _cluster.SetReady("shop", "orders-03", isReady: false);
        await Eventually.True(() => Endpoints().Count(static endpoint => !endpoint["conditions"]!["ready"]!.GetValue<bool>()) == 1);
        Assert.Single(Versions().Except(before));
        _cluster.Delete(ApiResource.Pods, "shop", "orders-03");
        _cluster.Put(Manifest.Pod("shop", "orders-99", "10.0.0.99", "orders"));
        await Eventually.True(() => Endpoints().Any(static endpoint => endpoint["addresses"]![0]!.ToString() == "10.0.0.99"));
        Assert.Equal([10, 10, 5], Sizes()); // into the fullest that had room
    }

    [Fact]
    public async Task A_service_that_goes_takes_its_endpoints_along_but_not_those_of_others()
    {
        var byHand = Manifest.Slice("shop", "orders", "by-hand", [("http", 80)], [Manifest.SliceEndpoint("10.9.9.9")]);
        byHand["metadata"]!["labels"]!["endpointslice.kubernetes.io/managed-by"] = "me";
        _cluster.Put(byHand);
        Start("orders", 1);
        await Eventually.True(() => Slices().Length == 2);
        _cluster.Delete(ApiResource.Services, "shop", "orders");
        await Eventually.True(() => Slices() is [{ Name: "by-hand" }] && _cluster.Store.Find(ApiResource.Endpoints, "shop", "orders") is null);
    }

    [Fact]
    public async Task Zones_are_hinted_and_pods_not_ready_published_where_the_service_says_so()
    {
        var service = Manifest.Service("shop", "orders", ("http", 8080));
        service["spec"]!["trafficDistribution"] = "PreferClose";
        service["spec"]!["publishNotReadyAddresses"] = true;
        _cluster.Put(service);
        _cluster.Put(Manifest.Pod("shop", "orders-0", "10.0.0.1", "orders", ready: false, node: "node-2"));
        await Eventually.True(() => Endpoints().Count == 1);
        var endpoint = Endpoints()[0];
        Assert.Equal("b", endpoint["hints"]!["forZones"]![0]!["name"]!.ToString());
        Assert.Equal((true, false), (endpoint["conditions"]!["ready"]!.GetValue<bool>(), endpoint["conditions"]!["serving"]!.GetValue<bool>()));
    }

    [Fact]
    public async Task A_named_target_port_is_each_pods_own()
    {
        var service = Manifest.Service("shop", "orders", ("http", 80));
        service["spec"]!["ports"]![0]!["targetPort"] = "web";
        _cluster.Put(service);
        _cluster.Put(Manifest.Pod("shop", "orders-0", "10.0.0.1", "orders", ports: ("web", 8080)));
        _cluster.Put(Manifest.Pod("shop", "orders-1", "10.0.0.2", "orders", ports: ("web", 9090)));
        await Eventually.True(() => Endpoints().Count == 2);
        Assert.Equal([8080, 9090], Slices().Select(static slice => slice.ToJson()["ports"]![0]!["port"]!.GetValue<int>()).Order());
    }

    [Fact]
    public async Task A_rolling_update_ends_the_last_pod_first_and_waits_for_each()
    {
        Start("orders", 3);
        await ReadyAsync("orders", 3);
        _cluster.Change(ApiResource.StatefulSets, "shop", "orders", static set => set["spec"]!["template"]!["metadata"]!["annotations"] = new JsonObject { ["v"] = "2" });
        var order = new List<string>();
        var worst = 3;
        await _time.AdvanceUntilAsync(
            () =>
            {
                foreach (var pod in _cluster.Store.All(ApiResource.Pods, "shop").Where(static pod => pod.ToJson()["metadata"]!["deletionTimestamp"] is not null))
                {
                    if (!order.Contains(pod.Name, StringComparer.Ordinal))
                        order.Add(pod.Name);
                }

                worst = Math.Min(worst, States().Count(static state => state.EndsWith("true/true/false", StringComparison.Ordinal)));
                return Status("observedGeneration") == 2 && Status("updatedReplicas") == 3 && Status("readyReplicas") == 3;
            },
            TimeSpan.FromSeconds(0.5),
            TimeSpan.FromMinutes(1));
        Assert.Equal(["orders-2", "orders-1", "orders-0"], order);
        Assert.Equal(2, worst);
    }

    private void Start(string name, int replicas)
    {
        _cluster.Put(Manifest.Service("shop", name, "None", ("http", 8080)));
        _cluster.Put(Manifest.StatefulSet("shop", name, replicas, ("http", 8080)));
    }

    private Task StateAsync(string[] expected) =>
        _time.AdvanceUntilAsync(() => States().SequenceEqual(expected, StringComparer.Ordinal), TimeSpan.FromSeconds(0.5), TimeSpan.FromMinutes(1));

    private async Task ReadyAsync(string name, int replicas) => await _time.AdvanceUntilAsync(
        () => Status("readyReplicas") == replicas && States().Count(static state => state.EndsWith("true/true/false", StringComparison.Ordinal)) == replicas,
        TimeSpan.FromSeconds(1),
        TimeSpan.FromMinutes(1));

    private int Status(string field) => _cluster.Store.Get(ApiResource.StatefulSets, "shop", "orders").ToJson()["status"]?[field] is { } value ? int.Parse(value.ToString(), System.Globalization.CultureInfo.InvariantCulture) : 0;

    private Rollcall.TestKube.Storage.StoredObject[] Slices() => [.. _cluster.Store.All(ApiResource.EndpointSlices, "shop")];

    private List<JsonNode> Endpoints() => [.. Slices().SelectMany(static slice => slice.ToJson()["endpoints"] as JsonArray ?? [])
        .Select(static endpoint => endpoint!)
        .OrderBy(static endpoint => endpoint["targetRef"]?["name"]?.ToString(), StringComparer.Ordinal)];

    private int[] Sizes() => [.. Slices().Select(static slice => slice.ToJson()["endpoints"]!.AsArray().Count).OrderDescending()];

    private HashSet<long> Versions() => [.. Slices().Select(static slice => slice.ResourceVersion)];

    // "pod address ready-of-pod ready/serving/terminating", in order.
    private string[] States() =>
    [
        .. Endpoints().Select(endpoint =>
        {
            var name = endpoint["targetRef"]!["name"]!.ToString();
            var pod = _cluster.Store.Find(ApiResource.Pods, "shop", name)?.ToJson();
            var ready = pod?["status"]?["conditions"]?.AsArray().Any(static condition => condition!["type"]!.ToString() == "Ready" && condition["status"]!.ToString() == "True") == true;
            var conditions = endpoint["conditions"]!;
            return $"{name} {endpoint["addresses"]![0]} {Text(ready)} {Text(conditions["ready"]!.GetValue<bool>())}/{Text(conditions["serving"]!.GetValue<bool>())}/{Text(conditions["terminating"]!.GetValue<bool>())}";
        }),
    ];

    private static string Text(bool value) => value ? "true" : "false";
}
