namespace Rollcall.Gossip.Messages;

/// <summary>The node is there, in this incarnation, at this address. Only the node itself makes a new incarnation.</summary>
internal readonly ref struct Alive(uint incarnation, ReadOnlySpan<byte> node, NodeAddress address, ReadOnlySpan<byte> meta, ProtocolVersions? versions)
{
    public uint Incarnation { get; } = incarnation;

    public ReadOnlySpan<byte> Node { get; } = node;

    public NodeAddress Address { get; } = address;

    public ReadOnlySpan<byte> Meta { get; } = meta;

    public ProtocolVersions? Versions { get; } = versions;
}
