using Rollcall.TestKit.Sources;
using Rollcall.TestKube;
using Rollcall.TestKube.Objects;

namespace Rollcall.Kubernetes.Tests.Conformance;

/// <summary>The laws for pods, chosen by the service's selector.</summary>
public sealed class PodsConformance : DiscoverySourceConformance
{
    protected override async ValueTask<SourceWorld> CreateWorldAsync() => new PodsWorld(await TestCluster.StartAsync(KubeWorld.Options));

    private sealed class PodsWorld(TestCluster cluster) : KubeWorld(cluster, "k8s:///shop/orders?mode=pods")
    {
        private readonly Dictionary<string, Endpoint> _pods = new(StringComparer.Ordinal);

        // One pod after the other.
        public override bool SetsAtOnce => false;

        public override Task SetAsync(params IReadOnlyList<Endpoint> endpoints)
        {
            if (Server.Store.Find(ApiResource.Services, "shop", "orders") is null)
                Server.Put(Manifest.Service("shop", "orders", ("http", 80)));
            foreach (var endpoint in endpoints)
            {
                var name = "pod-" + endpoint.Host.Replace('.', '-');
                if (_pods.TryGetValue(name, out var before) && before == endpoint)
                    continue;
                var pod = Manifest.Pod("shop", name, endpoint.Host, "orders", ready: endpoint.State != EndpointState.NotReady, ports: [("http", 80)]);
                if (endpoint.State == EndpointState.Draining)
                    pod["metadata"]!["deletionTimestamp"] = "2026-01-01T00:00:00Z";
                Server.Put(pod);
                _pods[name] = endpoint;
            }

            foreach (var name in _pods.Where(pair => !endpoints.Contains(pair.Value)).Select(static pair => pair.Key).ToArray())
            {
                Server.Delete(ApiResource.Pods, "shop", name);
                _pods.Remove(name);
            }

            return Task.CompletedTask;
        }

        public override async Task RemoveAsync()
        {
            await SetAsync();
            Server.Delete(ApiResource.Services, "shop", "orders");
        }
    }
}
