using Rollcall.Registry;
using Rollcall.Sources;
using Rollcall.TestKit.Sources;

namespace Rollcall.Node.Tests;

/// <summary>The laws of a watch over <c>rollcall:///</c> and a real node.</summary>
public sealed class RollcallSourceOnARealNode : DiscoverySourceConformance
{
    protected override async ValueTask<SourceWorld> CreateWorldAsync()
    {
        var node = await TestNode.StartAsync();
        return new NodeWorld(node, await NodeProxy.StartAsync(node));
    }

    private sealed class NodeWorld : SourceWorld
    {
        private readonly TestNode _node;
        private readonly NodeProxy _proxy;

        public NodeWorld(TestNode node, NodeProxy proxy)
        {
            (_node, _proxy) = (node, proxy);
            // Virtual time runs far ahead of real sockets; the deadline of an answer has tests of its own.
            var options = new RollcallSourceOptions { AnswerTimeout = TimeSpan.FromMinutes(4), Nodes = { proxy.Url } };
            Source = new RollcallSource(options, Time, new Random(1));
        }

        public override IDiscoverySource Source { get; }

        public override ServiceTarget Target { get; } = ServiceTarget.Parse("rollcall:///orders");

        public override IReadOnlyList<string> MalformedTargets { get; } = ["rollcall:///", "rollcall:///Orders", "rollcall:///orders?zone=A"];

        public override int OpenResources => _proxy.Connections;

        public override Task SetAsync(params IReadOnlyList<Endpoint> endpoints) => _proxy.AtOnceAsync(async () =>
        {
            var wanted = endpoints.ToDictionary(static endpoint => new InstanceKey("orders", "i-" + endpoint.Host), static endpoint => endpoint);
            foreach (var instance in _node.Registry.Catalog.GetService("orders").Instances)
            {
                if (!wanted.ContainsKey(instance.Key))
                    await _node.Registry.DeregisterAsync(instance.Key, null, CancellationToken.None);
            }

            foreach (var (key, endpoint) in wanted)
            {
                var registration = Many.Registration(key.Service, key.Id) with { Address = endpoint.Host, Ports = endpoint.Ports };
                await _node.Registry.RegisterAsync(registration, null, CancellationToken.None);
                if (endpoint.State == EndpointState.NotReady)
                    await _node.Registry.SetStatusAsync(key, ready: false, "not yet", null, CancellationToken.None);
                if (endpoint.State == EndpointState.Draining)
                    await _node.Registry.DrainAsync(key, null, "a test", TimeSpan.Zero, CancellationToken.None);
            }
        });

        public override Task RemoveAsync() => SetAsync();

        public override Task BreakAsync() => _proxy.BreakAsync();

        public override Task HealAsync()
        {
            _proxy.Heal();
            return Task.CompletedTask;
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await _proxy.DisposeAsync();
            await _node.DisposeAsync();
        }
    }
}
