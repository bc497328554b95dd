namespace Rollcall.Gossip.Messages;

/// <summary>The answer to a ping, with what the application puts in. No payload is nil on the wire.</summary>
internal readonly ref struct Ack(uint seqNo, ReadOnlySpan<byte> payload)
{
    public uint SeqNo { get; } = seqNo;

    public ReadOnlySpan<byte> Payload { get; } = payload;
}
