using System.Text.Json.Nodes;
using Rollcall.TestKit;
using Rollcall.TestKube.Access;
using Rollcall.TestKube.Controllers;
using Rollcall.TestKube.Faults;
using Rollcall.TestKube.Objects;

namespace Rollcall.TestKube.Tests.RealClients;

/// <summary>The double is believed because the real kubectl takes it for an API server.</summary>
public sealed class KubectlTests
{
    private const string Billing = """
        apiVersion: v1
        kind: Service
        metadata: { name: billing, namespace: shop, labels: { tier: web } }
        spec:
          selector: { app: billing }
          ports: [{ name: http, port: 80, targetPort: 8080 }]
        """;

    private static readonly ClusterOptions Quick = new() { StartTime = TimeSpan.FromMilliseconds(100), StopTime = TimeSpan.FromMilliseconds(100) };

    [Fact]
    public async Task Get_prints_the_tables_people_know()
    {
        await using var cluster = await FilledAsync();
        using var kubectl = new Kubectl(cluster.Kubeconfig(@namespace: "shop"));
        Assert.Matches(
            """
            ^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES
            orders-0 +1/1 +Running +0 +\w+ +10\.244\.0\.1 +node-1 +<none> +<none>$
            """.ReplaceLineEndings("\n"),
            await kubectl.RunAsync("get", "pods", "-o", "wide"));
        Assert.Matches("orders +ClusterIP +10.96.0.10 +<none> +8080/TCP +", await kubectl.RunAsync("get", "svc"));
        Assert.Matches("orders-1 +IPv4 +8080 +10.244.0.1 +", await kubectl.RunAsync("get", "endpointslices"));
        Assert.Matches("orders +10.244.0.1:8080 +", await kubectl.RunAsync("get", "ep"));
        Assert.Matches("node-1 +Ready +", await kubectl.RunAsync("get", "nodes", "-o", "wide"));
        Assert.Matches("shop +Active +", await kubectl.RunAsync("get", "ns"));
        Assert.Matches("shop +orders-0 +1/1 ", await kubectl.RunAsync("get", "pods", "--all-namespaces", "--chunk-size", "1"));
    }

    [Fact]
    public async Task Get_prints_documents()
    {
        await using var cluster = await FilledAsync();
        using var kubectl = new Kubectl(cluster.KubeconfigWithCertificate("shop"));
        var json = JsonNode.Parse(await kubectl.RunAsync("get", "endpointslice", "orders-1", "-o", "json"))!;
        Assert.Equal("10.244.0.1", json["endpoints"]![0]!["addresses"]![0]!.ToString());
        Assert.Equal(("EndpointSlice", "discovery.k8s.io/v1"), (json["kind"]!.ToString(), json["apiVersion"]!.ToString()));
        Assert.Contains("\n  clusterIP: 10.96.0.10\n", await kubectl.RunAsync("get", "svc", "orders", "-o", "yaml"), StringComparison.Ordinal);
        Assert.Equal("pod/orders-0", await kubectl.RunAsync("get", "pods", "-l", "app=orders,nothing!=there", "-o", "name"));
        Assert.Matches("Endpoints: +10.244.0.1:8080", await kubectl.RunAsync("describe", "svc", "orders"));
    }

    [Fact]
    public async Task Get_w_sees_changes()
    {
        await using var cluster = await FilledAsync();
        using var kubectl = new Kubectl(cluster.Kubeconfig(@namespace: "shop"));
        await using var watch = kubectl.Start("get", "pods", "-w");
        await watch.PrintedAsync(static text => text.Contains("orders-0   1/1", StringComparison.Ordinal));
        await Eventually.True(() => cluster.Counters.OpenWatches == 1);
        cluster.SetReady("shop", "orders-0", isReady: false);
        await watch.PrintedAsync(static text => text.Contains("orders-0   0/1", StringComparison.Ordinal));
        cluster.Put(Manifest.Pod("shop", "orders-1", "10.244.0.2", "orders"));
        await watch.PrintedAsync(static text => text.Contains("orders-1   1/1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Scale_brings_pods_and_endpoints_about()
    {
        await using var cluster = await KubeServer.StartAsync(new() { Controllers = Quick });
        cluster.Put(Manifest.Service("shop", "orders", "None", ("http", 8080)));
        cluster.Put(Manifest.StatefulSet("shop", "orders", 1, ("http", 8080)));
        using var kubectl = new Kubectl(cluster.Kubeconfig(@namespace: "shop"));
        Assert.Equal("statefulset.apps/orders scaled", await kubectl.RunAsync("scale", "statefulset", "orders", "--replicas", "3"));
        Assert.Contains("3 new pods have been updated", await kubectl.RunAsync("rollout", "status", "statefulset", "orders", "--timeout", "20s"), StringComparison.Ordinal);
        Assert.Matches("orders +10.244.0.1:8080,10.244.0.2:8080,10.244.0.3:8080 ", await kubectl.RunAsync("get", "endpoints", "orders"));
        Assert.Matches("orders +3/3 ", await kubectl.RunAsync("get", "statefulset", "orders"));
        await kubectl.RunAsync("wait", "--for=condition=Ready", "pod/orders-2", "--timeout", "20s");
        await kubectl.RunAsync("scale", "statefulset", "orders", "--replicas", "1", "--current-replicas", "3");
        await Eventually.True(() => cluster.Store.All(ApiResource.Pods, "shop") is [{ Name: "orders-0" }]);
        // Returns when the pod is gone, which it watches for; by then there is another of its name.
        Assert.Equal("pod \"orders-0\" deleted", await kubectl.RunAsync("delete", "pod", "orders-0"));
        await Eventually.True(() => Ready(cluster) == 1);
    }

    [Fact]
    public async Task A_rolling_update_replaces_every_pod()
    {
        await using var cluster = await KubeServer.StartAsync(new() { Controllers = Quick });
        cluster.Put(Manifest.StatefulSet("shop", "orders", 2, ("http", 8080)));
        await Eventually.True(() => Ready(cluster) == 2);
        var before = cluster.Store.All(ApiResource.Pods, "shop").Select(static pod => pod.ToJson()["metadata"]!["uid"]!.ToString()).ToArray();
        using var kubectl = new Kubectl(cluster.Kubeconfig(@namespace: "shop"));
        await kubectl.RunAsync("rollout", "restart", "statefulset", "orders");
        await kubectl.RunAsync("rollout", "status", "statefulset", "orders", "--timeout", "20s");
        Assert.DoesNotContain(cluster.Store.All(ApiResource.Pods, "shop"), pod => before.Contains(pod.ToJson()["metadata"]!["uid"]!.ToString(), StringComparer.Ordinal));
    }

    [Fact]
    public async Task Apply_creates_changes_and_leaves_alone_and_delete_takes_away()
    {
        await using var cluster = await FilledAsync();
        using var kubectl = new Kubectl(cluster.Kubeconfig());
        var file = kubectl.Write("billing.yaml", Billing);
        Assert.Equal("service/billing created", await kubectl.RunAsync("apply", "-f", file));
        Assert.Equal("service/billing unchanged", await kubectl.RunAsync("apply", "-f", file));
        kubectl.Write("billing.yaml", Billing.Replace("tier: web", "zone: a", StringComparison.Ordinal).Replace("port: 80,", "port: 81,", StringComparison.Ordinal));
        Assert.Equal("service/billing configured", await kubectl.RunAsync("apply", "-f", file));
        var json = cluster.Store.Get(ApiResource.Services, "shop", "billing").ToJson();
        Assert.Equal("""{"zone":"a"}""", json["metadata"]!["labels"]!.ToJsonString());
        Assert.Equal([81], json["spec"]!["ports"]!.AsArray().Select(static port => port!["port"]!.GetValue<int>()));
        Assert.Equal("service \"billing\" deleted", await kubectl.RunAsync("delete", "-f", file));
        Assert.Null(cluster.Store.Find(ApiResource.Services, "shop", "billing"));
    }

    [Fact]
    public async Task Errors_read_as_those_of_an_API_server()
    {
        await using var cluster = await FilledAsync();
        using var admin = new Kubectl(cluster.Kubeconfig(@namespace: "shop"));
        Assert.Equal((1, "Error from server (NotFound): pods \"nope\" not found"), await FailAsync(admin, "get", "pod", "nope"));
        Assert.Equal((1, "Error from server (NotFound): namespaces \"nowhere\" not found"), await FailAsync(admin, "create", "configmap", "x", "-n", "nowhere"));
        Assert.Equal((1, "Error from server (AlreadyExists): namespaces \"shop\" already exists"), await FailAsync(admin, "create", "namespace", "shop"));
        using var pod = new Kubectl(cluster.Kubeconfig(cluster.AddServiceAccount("shop", "default", AccessRule.Read("shop", "endpoints")), "shop"));
        Assert.Matches("orders +10.244.0.1:8080 +", await pod.RunAsync("get", "ep"));
        Assert.Equal(
            (1, "Error from server (Forbidden): endpointslices.discovery.k8s.io is forbidden: User \"system:serviceaccount:shop:default\" cannot list resource \"endpointslices\" in API group \"discovery.k8s.io\" in the namespace \"shop\""),
            await FailAsync(pod, "get", "endpointslices"));
        cluster.Faults.Add(new(FaultKind.InternalError) { Resource = "endpoints" });
        Assert.Equal((1, "Error from server (InternalError): Internal error occurred: etcdserver: request timed out"), await FailAsync(pod, "get", "ep"));
    }

    private static async Task<KubeServer> FilledAsync()
    {
        var cluster = await KubeServer.StartAsync();
        cluster.Put(Manifest.Node("node-1", "a"));
        cluster.Put(Manifest.Service("shop", "orders", ("http", 8080)));
        cluster.Put(Manifest.Pod("shop", "orders-0", "10.244.0.1", "orders", ports: ("http", 8080)));
        cluster.Put(Manifest.Endpoints("shop", "orders", [("http", 8080)], [Manifest.Address("10.244.0.1", "orders-0", "node-1")]));
        cluster.Put(Manifest.Slice("shop", "orders", "orders-1", [("http", 8080)], [Manifest.SliceEndpoint("10.244.0.1", node: "node-1", pod: "orders-0")]));
        return cluster;
    }

    private static int Ready(KubeServer cluster) => cluster.Store.Get(ApiResource.StatefulSets, "shop", "orders").ToJson()["status"]?["readyReplicas"]?.GetValue<int>() ?? 0;

    private static async Task<(int Code, string Error)> FailAsync(Kubectl kubectl, params string[] arguments)
    {
        var (code, _, error) = await kubectl.TryAsync(arguments);
        return (code, error);
    }
}
