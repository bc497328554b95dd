using Rollcall.TestKit;
using Rollcall.TestKit.Sources;
using Rollcall.TestKube;

namespace Rollcall.Kubernetes.Tests.Conformance;

/// <summary>A cluster for the laws of a watch: over real sockets and TLS, on virtual time.</summary>
internal abstract class KubeWorld(TestCluster cluster, string target) : SourceWorld
{
    private readonly KubernetesSource _source = cluster.Source();

    public override IDiscoverySource Source => _source;

    public override TimeProvider Time => cluster.Time;

    public override ServiceTarget Target { get; } = ServiceTarget.Parse(target);

    public override IReadOnlyList<string> MalformedTargets { get; } =
    [
        "k8s:///", "k8s:///Shop/orders", "k8s:///shop/Orders", "k8s:///a/b/c", "k8s:///shop/", "k8s:///shop/orders#x", "k8s:///shop/orders?colour=red", "k8s:///shop/orders:0",
        "k8s:///shop/orders:70000", "k8s:///shop/orders:HTTP", "k8s:///shop/orders:", "k8s:///shop/orders?mode=slices", "k8s:///shop/orders?family=ipv5",
        "k8s:///shop/orders?pods=perhaps", "k8s:///shop/orders?selector=app=orders", "k8s:///shop/orders?mode=pods&selector=app==in(",
    ];

    public override int OpenResources => cluster.Server.Counters.OpenConnections;

    protected KubeServer Server => cluster.Server;

    public static KubeServerOptions Options => new() { Time = new VirtualTime() };

    public override Task BreakAsync() => Server.GoDownAsync();

    public override Task HealAsync() => Server.ListenAsync(CancellationToken.None);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await cluster.DisposeAsync();
    }
}
