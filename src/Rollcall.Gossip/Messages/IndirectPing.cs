namespace Rollcall.Gossip.Messages;

/// <summary>A request to probe somebody else, and, where a nack is asked for, to say so when there was no answer.</summary>
internal readonly ref struct IndirectPing(uint seqNo, NodeAddress target, ReadOnlySpan<byte> node, bool nack, NodeAddress source, ReadOnlySpan<byte> sourceNode)
{
    public uint SeqNo { get; } = seqNo;

    public NodeAddress Target { get; } = target;

    public ReadOnlySpan<byte> Node { get; } = node;

    public bool Nack { get; } = nack;

    public NodeAddress Source { get; } = source;

    public ReadOnlySpan<byte> SourceNode { get; } = sourceNode;
}
