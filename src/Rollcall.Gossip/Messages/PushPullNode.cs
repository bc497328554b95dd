namespace Rollcall.Gossip.Messages;

/// <summary>What one side of an exchange believes of one node. A state this version does not know keeps its number; a merge passes it over.</summary>
internal readonly ref struct PushPullNode(
    ReadOnlySpan<byte> name, NodeAddress address, ReadOnlySpan<byte> meta, uint incarnation, MemberState state, ProtocolVersions? versions)
{
    public ReadOnlySpan<byte> Name { get; } = name;

    public NodeAddress Address { get; } = address;

    public ReadOnlySpan<byte> Meta { get; } = meta;

    public uint Incarnation { get; } = incarnation;

    public MemberState State { get; } = state;

    public ProtocolVersions? Versions { get; } = versions;
}
