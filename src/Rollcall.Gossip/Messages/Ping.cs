namespace Rollcall.Gossip.Messages;

/// <summary>A probe. An empty node is anybody who receives it; without a source the answer goes where the packet came from.</summary>
internal readonly ref struct Ping(uint seqNo, ReadOnlySpan<byte> node, NodeAddress source, ReadOnlySpan<byte> sourceNode)
{
    public uint SeqNo { get; } = seqNo;

    public ReadOnlySpan<byte> Node { get; } = node;

    public NodeAddress Source { get; } = source;

    public ReadOnlySpan<byte> SourceNode { get; } = sourceNode;
}
