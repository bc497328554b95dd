using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Protocol;

/// <summary>Where the records of members come from: shared among the nodes of one process, so that ten thousand nodes in a simulation know ten thousand members and not a hundred million.</summary>
internal sealed class NodeRecords
{
    private readonly Dictionary<int, NodeRecord>? _shared;

    private NodeRecords(Dictionary<int, NodeRecord>? shared) => _shared = shared;

    /// <summary>Every record is new: a process with one node needs no more.</summary>
    public static NodeRecords Unshared { get; } = new(null);

    public static NodeRecords Shared() => new([]);

    public NodeRecord Make(ReadOnlySpan<byte> name, NodeAddress address, ReadOnlySpan<byte> meta, ProtocolVersions versions)
    {
        if (_shared is null)
            return new(name, address, meta, versions);
        var hash = NodeRecord.HashOf(name);
        if (_shared.TryGetValue(hash, out var known) && known.NameBytes.SequenceEqual(name) && known.Says(address, meta, versions))
            return known;
        var made = new NodeRecord(name, address, meta, versions);
        _shared[hash] = made;
        return made;
    }

    public NodeRecord Change(NodeRecord record, NodeAddress address, ReadOnlySpan<byte> meta, ProtocolVersions versions)
    {
        if (record.Says(address, meta, versions))
            return record;
        return _shared is null ? record.With(address, meta, versions) : Make(record.NameBytes, address, meta, versions);
    }
}
