using Microsoft.Extensions.Logging;

namespace Rollcall.Gossip.Transport;

/// <summary>What a node is made with, and where what it learns goes.</summary>
internal sealed record HostContext(GossipOptions Options, IApplicationHost Application, GossipMetrics Metrics, TimeProvider Time, Random Random, ILogger Logger)
{
    public required MembershipHub Membership { get; init; }

    public required MessageHub Messages { get; init; }

    public required GossipVitals Vitals { get; init; }

    // The protocol's is the loop's alone.
    public Random JoinRandom { get; } = new(Random.Next());
}
