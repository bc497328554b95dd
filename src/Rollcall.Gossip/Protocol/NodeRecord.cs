using System.Text;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Protocol;

/// <summary>What a member says of itself. Immutable: a change makes a new record, so that a record may be kept and shown without a copy.</summary>
internal sealed class NodeRecord
{
    private readonly byte[] _name;
    private readonly byte[] _meta;
    private string? _text;

    public NodeRecord(ReadOnlySpan<byte> name, NodeAddress address, ReadOnlySpan<byte> meta, ProtocolVersions versions)
        : this(name.ToArray(), HashOf(name), address, meta.ToArray(), versions)
    {
    }

    private NodeRecord(byte[] name, int hash, NodeAddress address, byte[] meta, ProtocolVersions versions)
    {
        _name = name;
        _meta = meta;
        Hash = hash;
        Address = address;
        Versions = versions;
    }

    public ReadOnlySpan<byte> NameBytes => _name;

    public string Name => _text ??= Encoding.UTF8.GetString(_name);

    public NodeAddress Address { get; }

    public ReadOnlySpan<byte> Meta => _meta;

    public ProtocolVersions Versions { get; }

    /// <summary>Of the name.</summary>
    public int Hash { get; }

    /// <summary>Differs between processes, so that nobody outside can choose names that collide; nothing may depend on its order.</summary>
    public static int HashOf(ReadOnlySpan<byte> name)
    {
        var hash = default(HashCode);
        hash.AddBytes(name);
        return hash.ToHashCode();
    }

    public bool Says(NodeAddress address, ReadOnlySpan<byte> meta, ProtocolVersions versions) =>
        Address == address && Versions == versions && meta.SequenceEqual(_meta);

    /// <summary>The same member saying something else; what did not change is shared.</summary>
    public NodeRecord With(NodeAddress address, ReadOnlySpan<byte> meta, ProtocolVersions versions) =>
        Says(address, meta, versions) ? this : new(_name, Hash, address, meta.SequenceEqual(_meta) ? _meta : meta.ToArray(), versions);

    public override string ToString() => Name;
}
