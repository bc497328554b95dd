namespace Rollcall.Gossip.Messages;

/// <summary>An accusation: the node did not answer the one this is from.</summary>
internal readonly ref struct Suspect(uint incarnation, ReadOnlySpan<byte> node, ReadOnlySpan<byte> from)
{
    public uint Incarnation { get; } = incarnation;

    public ReadOnlySpan<byte> Node { get; } = node;

    public ReadOnlySpan<byte> From { get; } = from;
}
