using Rollcall.TestKit.Sources;

namespace Rollcall.Consul.Tests;

/// <summary>The laws over a fake agent that follows Consul's documentation; there is no real one to install here.</summary>
public sealed class ConsulSourceConformance : DiscoverySourceConformance
{
    protected override async ValueTask<SourceWorld> CreateWorldAsync()
    {
        var world = new ConsulWorld();
        await world.StartAsync();
        return world;
    }

    private sealed class ConsulWorld : SourceWorld
    {
        private FakeConsul? _consul;
        private ConsulSource? _source;

        public override IDiscoverySource Source => _source!;

        public override ServiceTarget Target { get; } = ServiceTarget.Parse("consul:///orders");

        public override IReadOnlyList<string> MalformedTargets { get; } =
        [
            "consul://a:8500/", "consul:///a/b", "consul:///orders#x", "consul:///orders?colour=red", "consul:///orders?passing=yes", "consul:///orders?dc=",
            "consul://a:b/orders", "consul://u:p@a/orders", "consul:///..",
        ];

        public override int OpenResources => _consul!.Web.Connections;

        public async Task StartAsync()
        {
            _consul = await FakeConsul.StartAsync(Time);
            // Virtual time runs far ahead of real sockets; the deadline of an answer has tests of its own.
            _source = new ConsulSource(new ConsulSourceOptions { Agents = { _consul.Url }, AnswerTimeout = TimeSpan.FromMinutes(4) }, Time, new Random(1));
        }

        public override Task SetAsync(params IReadOnlyList<Endpoint> endpoints)
        {
            _consul!.Set("orders", [.. endpoints.Select(static endpoint =>
                FakeConsul.Entry("n1", endpoint.Id, endpoint.Host, endpoint.Ports["http"], endpoint.State == EndpointState.Ready ? "passing" : "critical"))]);
            return Task.CompletedTask;
        }

        // What is not ready is critical.
        public override bool KnowsDraining => false;

        public override Task RemoveAsync() => SetAsync();

        public override Task BreakAsync() => _consul!.Web.CutAsync();

        public override Task HealAsync()
        {
            _consul!.Web.Mend();
            return Task.CompletedTask;
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await _consul!.DisposeAsync();
        }
    }
}
