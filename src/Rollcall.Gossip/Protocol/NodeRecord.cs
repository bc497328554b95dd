using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Protocol;

/// <summary>What a member says of itself. Immutable: a change makes a new record, so that a record may be kept and shown without a copy.</summary>
internal sealed class NodeRecord
{
    // What an exchange carries of the member, alive in incarnation 0, which are a byte each. Writing a state is copying it, and its name and metadata are kept nowhere else.
    private readonly byte[] _entry;
    private readonly EntryLayout _layout;
    private string? _text;

    public NodeRecord(ReadOnlySpan<byte> name, NodeAddress address, ReadOnlySpan<byte> meta, ProtocolVersions versions)
        : this(name, HashOf(name), address, meta, versions)
    {
    }

    private NodeRecord(ReadOnlySpan<byte> name, int hash, NodeAddress address, ReadOnlySpan<byte> meta, ProtocolVersions versions)
    {
        Hash = hash;
        Address = address;
        Versions = versions;
        var entry = new PushPullNode(name, address, meta, incarnation: 0, MemberState.Alive, versions);
        Span<byte> place = stackalloc byte[MessageCodec.MaxSize(entry)];
        _entry = place[..MessageCodec.Write(place, entry, out _layout)].ToArray();
    }

    public ReadOnlySpan<byte> NameBytes => _entry.AsSpan(_layout.Name);

    public string Name => _text ??= MemberName.Text(NameBytes);

    public NodeAddress Address { get; }

    public ReadOnlySpan<byte> Meta => _entry.AsSpan(_layout.Meta);

    public ProtocolVersions Versions { get; }

    /// <summary>Of the name.</summary>
    public int Hash { get; }

    /// <summary>What <see cref="WriteEntry"/> writes at most.</summary>
    public int MaxEntryLength => _entry.Length + MsgPackWriter.MaxUInt32Length;

    /// <summary>Differs between processes, so that nobody outside can choose names that collide; nothing may depend on its order.</summary>
    public static int HashOf(ReadOnlySpan<byte> name)
    {
        var hash = default(HashCode);
        hash.AddBytes(name);
        return hash.ToHashCode();
    }

    public bool Says(NodeAddress address, ReadOnlySpan<byte> meta, ProtocolVersions versions) =>
        Address == address && Versions == versions && meta.SequenceEqual(Meta);

    /// <summary>The same member saying something else.</summary>
    public NodeRecord With(NodeAddress address, ReadOnlySpan<byte> meta, ProtocolVersions versions) =>
        Says(address, meta, versions) ? this : new(NameBytes, Hash, address, meta, versions);

    /// <summary>Writes the member as an exchange carries it; returns the length.</summary>
    public int WriteEntry(Span<byte> destination, uint incarnation, MemberState state)
    {
        var at = _layout.Incarnation;
        _entry.AsSpan(0, at).CopyTo(destination);
        var writer = new MsgPackWriter(destination[at..]);
        writer.WriteUnsigned(incarnation);
        var shift = writer.Position - 1;
        _entry.AsSpan(at + 1).CopyTo(destination[(at + writer.Position)..]);
        destination[_layout.State + shift] = (byte)state;
        return _entry.Length + shift;
    }

    public override string ToString() => Name;
}
