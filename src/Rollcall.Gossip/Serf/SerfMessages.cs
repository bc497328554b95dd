using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Serf;

/// <summary>A member joined, or is still there although somebody said that it leaves.</summary>
internal readonly ref struct JoinIntent(ulong time, ReadOnlySpan<byte> node)
{
    public ulong Time { get; } = time;

    public ReadOnlySpan<byte> Node { get; } = node;
}

/// <summary>A member is about to leave, or is to be taken for one that left. With <paramref name="prune"/> it is to be forgotten.</summary>
internal readonly ref struct LeaveIntent(ulong time, ReadOnlySpan<byte> node, bool prune)
{
    public ulong Time { get; } = time;

    public ReadOnlySpan<byte> Node { get; } = node;

    public bool Prune { get; } = prune;
}

/// <summary>An event of a user, for everybody. With <paramref name="coalesces"/> the last of a name in a short time is enough.</summary>
internal readonly ref struct UserEvent(ulong time, ReadOnlySpan<byte> name, ReadOnlySpan<byte> payload, bool coalesces)
{
    public ulong Time { get; } = time;

    public ReadOnlySpan<byte> Name { get; } = name;

    public ReadOnlySpan<byte> Payload { get; } = payload;

    public bool Coalesces { get; } = coalesces;
}

/// <summary>A question to everybody, or to those that its filters let through. The filters are left as they came.</summary>
internal ref struct Query
{
    public ulong Time { get; set; }

    public uint Id { get; set; }

    public NodeAddress Address { get; set; }

    public ReadOnlySpan<byte> SourceNode { get; set; }

    public int Filters { get; set; }

    public QueryFlags Flags { get; set; }

    public ReadOnlySpan<byte> Name { get; set; }

    public ReadOnlySpan<byte> Payload { get; set; }
}

/// <summary>An answer to a query, or the ack that it came.</summary>
internal readonly ref struct QueryResponse(ulong time, uint id, ReadOnlySpan<byte> from, QueryFlags flags, ReadOnlySpan<byte> payload)
{
    public ulong Time { get; } = time;

    public uint Id { get; } = id;

    public ReadOnlySpan<byte> From { get; } = from;

    public QueryFlags Flags { get; } = flags;

    public ReadOnlySpan<byte> Payload { get; } = payload;
}
