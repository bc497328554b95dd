using Rollcall.Sources;
using Rollcall.TestKit.Sources;

namespace Rollcall.Tests.Sources;

/// <summary>The laws over real sockets to a fake node.</summary>
public sealed class RollcallSourceConformance : DiscoverySourceConformance
{
    protected override async ValueTask<SourceWorld> CreateWorldAsync() => await FakeNodeWorld.StartAsync();

    private sealed class FakeNodeWorld : SourceWorld
    {
        private FakeNode? _node;
        private IDiscoverySource? _source;
        private bool _exists;

        public override IDiscoverySource Source => _source!;

        public override ServiceTarget Target { get; } = ServiceTarget.Parse("rollcall:///orders");

        public override IReadOnlyList<string> MalformedTargets { get; } =
        [
            "rollcall:///", "rollcall:///Orders", "rollcall:///a/b", "rollcall:///orders#x", "rollcall:///orders?colour=red", "rollcall:///orders?ready=true",
            "rollcall:///orders?zone=A", "rollcall:///orders?meta.=x", "rollcall://ftp://a/orders", "rollcall://a:99999/orders", "rollcall://u:p@a:7655/orders",
        ];

        public override int OpenResources => _node!.Connections;

        public static async Task<SourceWorld> StartAsync()
        {
            var world = new FakeNodeWorld();
            world._node = await FakeNode.StartAsync(world.Time);
            // Virtual time runs far ahead of real sockets; the deadline of an answer has tests of its own.
            var options = new RollcallSourceOptions { AnswerTimeout = TimeSpan.FromMinutes(4), Nodes = { world._node.Url } };
            world._source = new RollcallSource(options, world.Time, new Random(1));
            return world;
        }

        public override Task SetAsync(params IReadOnlyList<Endpoint> endpoints)
        {
            _exists = true;
            _node!.Set("orders", endpoints);
            return Task.CompletedTask;
        }

        public override Task RemoveAsync() => _exists ? SetAsync() : Task.CompletedTask;

        public override Task BreakAsync()
        {
            _node!.Behave(FakeNodeMode.Reset);
            return Task.CompletedTask;
        }

        public override Task HealAsync()
        {
            _node!.Behave(FakeNodeMode.Healthy);
            return Task.CompletedTask;
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await _node!.DisposeAsync();
        }
    }
}
