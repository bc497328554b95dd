using System.Buffers;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Protocol;

/// <summary>
/// What sits on top of membership. Called within the protocol's own calls, so it must neither wait nor throw, and it may only queue messages, not change members.
/// </summary>
internal interface IGossipApplication
{
    /// <summary>A member joined, left, failed or changed.</summary>
    void MemberChanged(in ProtocolEvent change);

    /// <summary>A message of the application came, in a datagram or on a stream; the bytes are good for this call only.</summary>
    void MessageReceived(ReadOnlySpan<byte> message, NodeAddress from, long now);

    /// <summary>Writes what an exchange of states carries for the application; may be nothing.</summary>
    void WriteState(bool join, IBufferWriter<byte> state);

    /// <summary>Takes what the other side of an exchange had, and where that is; not called for an empty one.</summary>
    void MergeState(ReadOnlySpan<byte> state, bool join, NodeAddress from, long now);

    /// <summary>Writes the payload of an ack, at most as long as the destination; returns its length.</summary>
    int WriteAckPayload(Span<byte> destination);

    /// <summary>A direct ack came, after <paramref name="elapsed"/>.</summary>
    void AckReceived(NodeRecord from, ReadOnlySpan<byte> payload, long elapsed, long now);

    /// <summary>A message that was queued under this token is done with.</summary>
    void Transmitted(long token, long now);
}
