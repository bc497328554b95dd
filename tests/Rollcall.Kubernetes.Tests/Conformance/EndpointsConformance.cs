using Rollcall.TestKit.Sources;
using Rollcall.TestKube;
using Rollcall.TestKube.Objects;

namespace Rollcall.Kubernetes.Tests.Conformance;

/// <summary>The laws for the older endpoints.</summary>
public sealed class EndpointsConformance : DiscoverySourceConformance
{
    protected override async ValueTask<SourceWorld> CreateWorldAsync() => new EndpointsWorld(await TestCluster.StartAsync(KubeWorld.Options));

    private sealed class EndpointsWorld(TestCluster cluster) : KubeWorld(cluster, "k8s:///shop/orders?mode=endpoints")
    {
        private bool _exists;

        public override string? CannotFlag => "endpoints know nothing of draining";

        public override Task SetAsync(params IReadOnlyList<Endpoint> endpoints)
        {
            _exists = true;
            Server.Put(Manifest.Endpoints("shop", "orders", [("http", 80)], endpoints.Select(static endpoint => Manifest.Address(endpoint.Host))));
            return Task.CompletedTask;
        }

        public override Task RemoveAsync()
        {
            if (_exists)
                Server.Delete(ApiResource.Endpoints, "shop", "orders");
            return Task.CompletedTask;
        }
    }
}
