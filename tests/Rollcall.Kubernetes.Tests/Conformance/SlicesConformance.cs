using Rollcall.TestKit.Sources;
using Rollcall.TestKube;
using Rollcall.TestKube.Objects;

namespace Rollcall.Kubernetes.Tests.Conformance;

/// <summary>The laws for endpoint slices.</summary>
public sealed class SlicesConformance : DiscoverySourceConformance
{
    protected override async ValueTask<SourceWorld> CreateWorldAsync() => new SlicesWorld(await TestCluster.StartAsync(KubeWorld.Options));

    private sealed class SlicesWorld(TestCluster cluster) : KubeWorld(cluster, "k8s:///shop/orders")
    {
        private bool _exists;

        public override Task SetAsync(params IReadOnlyList<Endpoint> endpoints)
        {
            _exists = true;
            Server.Put(Manifest.Slice("shop", "orders", "orders-1", [("http", 80)], endpoints.Select(static endpoint => Manifest.SliceEndpoint(
                endpoint.Host,
                ready: endpoint.State == EndpointState.Ready,
                serving: endpoint.State is EndpointState.Ready or EndpointState.Draining,
                terminating: endpoint.State == EndpointState.Draining))));
            return Task.CompletedTask;
        }

        public override Task RemoveAsync()
        {
            if (_exists)
                Server.Delete(ApiResource.EndpointSlices, "shop", "orders-1");
            return Task.CompletedTask;
        }
    }
}
