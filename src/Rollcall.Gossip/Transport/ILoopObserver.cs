using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;

namespace Rollcall.Gossip.Transport;

/// <summary>What the loop does not do itself. Called on the loop, which stands still meanwhile: nothing here waits or throws.</summary>
internal interface ILoopObserver
{
    void StartPing(StreamPing ping);

    void StartExchange(StateExchange exchange);

    void Happened(in ProtocolEvent change, ReadOnlySpan<byte> payload);

    /// <summary>A datagram, or a part of it, could not be read.</summary>
    void Refused(NodeAddress from, string reason);

    /// <summary>What had come in is done: what is shown of the protocol can be renewed.</summary>
    void Settled(SwimCore core);
}
