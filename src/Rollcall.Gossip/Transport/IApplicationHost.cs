using Rollcall.Gossip.Protocol;

namespace Rollcall.Gossip.Transport;

/// <summary>What is on top of the protocol in a node: the application alone, or Serf's layer and the application. For the loop alone.</summary>
internal interface IApplicationHost : IGossipApplication
{
    /// <summary>Bytes of a broadcast that are not the application's.</summary>
    int BroadcastOverhead { get; }

    /// <summary>To be called before the protocol is run.</summary>
    void Attach(SwimCore core);

    void Broadcast(ReadOnlySpan<byte> payload, long now);

    /// <summary>A message to one member as it goes over the wire.</summary>
    ReadOnlyMemory<byte> Wrap(ReadOnlyMemory<byte> payload);

    /// <summary>The node has joined by a seed.</summary>
    void Joined(long now);

    void Leave(long now);

    /// <summary>Tells what has happened in it since the last time.</summary>
    void Settle(MembershipView view, ProtocolReporter reporter);
}
