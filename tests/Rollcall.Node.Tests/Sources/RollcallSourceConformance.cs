using Rollcall.Sources;
using Rollcall.TestKit.Sources;

namespace Rollcall.Node.Tests.Sources;

/// <summary>The laws of a watch over a real node, on the system's clock, with a wire that can be cut.</summary>
public sealed class RollcallSourceConformance : DiscoverySourceConformance
{
    protected override async ValueTask<SourceWorld> CreateWorldAsync() => new RelayedNodeWorld(
        await TestNode.StartAsync(),
        static node => new RollcallSource(new RollcallSourceOptions { Nodes = { node } }),
        static _ => "rollcall:///orders",
        "rollcall:///Orders", "rollcall:///orders?ready=true");
}
