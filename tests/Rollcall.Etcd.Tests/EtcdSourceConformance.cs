using System.Globalization;
using System.Net;
using Rollcall.Api;
using Rollcall.TestKit.Network;
using Rollcall.TestKit.Sources;

namespace Rollcall.Etcd.Tests;

/// <summary>The laws over a real etcd server, on the system's clock, behind a wire that can be cut.</summary>
public sealed class EtcdSourceConformance : DiscoverySourceConformance
{
    protected override async ValueTask<SourceWorld> CreateWorldAsync() => new EtcdWorld(await EtcdCluster.StartAsync());

    private sealed class EtcdWorld : SourceWorld
    {
        private readonly EtcdCluster _cluster;
        private readonly Relay _relay;

        public EtcdWorld(EtcdCluster cluster)
        {
            _cluster = cluster;
            _relay = new Relay(new IPEndPoint(IPAddress.Loopback, cluster.Members[0].Port));
            Target = ServiceTarget.Parse($"etcd://{_relay.EndPoint}/shop/orders");
        }

        public override IDiscoverySource Source { get; } = new EtcdSource();

        public override ServiceTarget Target { get; }

        public override TimeProvider Time => TimeProvider.System;

        public override IReadOnlyList<string> MalformedTargets { get; } =
            ["etcd://a:2379/", "etcd:///orders#x", "etcd:///orders?colour=red", "etcd://a:b/orders", "etcd://u:p@a/orders", "etcd://a,,b/orders", "etcd:///%00"];

        public override int OpenResources => _relay.Connections;

        public override Task SetAsync(params IReadOnlyList<Endpoint> endpoints) => _cluster.ReplaceAsync("shop/orders/", endpoints.ToDictionary(
            static endpoint => endpoint.Id,
            static endpoint => endpoint.State == EndpointState.Ready
                ? string.Create(CultureInfo.InvariantCulture, $$"""{"Op":0,"Addr":"{{endpoint.Host}}:{{endpoint.Ports["http"]}}","Metadata":null}""")
                : string.Create(CultureInfo.InvariantCulture, $$"""{"address":"{{endpoint.Host}}","ports":{"http":{{endpoint.Ports["http"]}}},"state":"{{StateText.Format(endpoint.State)}}"}"""),
            StringComparer.Ordinal));

        public override Task RemoveAsync() => SetAsync();

        public override Task BreakAsync() => _relay.CutAsync();

        public override Task HealAsync()
        {
            _relay.Mend();
            return Task.CompletedTask;
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await _relay.DisposeAsync();
            await _cluster.DisposeAsync();
        }
    }
}
