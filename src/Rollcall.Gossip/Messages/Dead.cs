namespace Rollcall.Gossip.Messages;

/// <summary>The node is gone; where it says so itself, it left.</summary>
internal readonly ref struct Dead(uint incarnation, ReadOnlySpan<byte> node, ReadOnlySpan<byte> from)
{
    public uint Incarnation { get; } = incarnation;

    public ReadOnlySpan<byte> Node { get; } = node;

    public ReadOnlySpan<byte> From { get; } = from;
}
