using Rollcall.Api;
using Rollcall.Consul;
using Rollcall.Etcd;
using Rollcall.Kubernetes;
using Rollcall.Sources;
using Rollcall.Sources.Dns;
using Rollcall.Sources.Http;

namespace Rollcall.Cli.Execution;

/// <summary>The real network.</summary>
internal sealed class Network : IOutside
{
    public HttpClient CreateHttp(Uri node) => NodeClient.CreateHttpClient(node);

    public IDiscoverySource CreateSource(IReadOnlyList<Uri> nodes)
    {
        var options = new RollcallSourceOptions();
        foreach (var node in nodes)
            options.Nodes.Add(node);
        return new SourceRegistry(
        [
            new StaticSource(), new FileSource(), new RollcallSource(options), new DnsSource(), new HttpSource(), new KubernetesSource(), new ConsulSource(), new EtcdSource(),
        ]);
    }
}
