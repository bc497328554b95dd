using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Serf;

/// <summary>A question to everybody, or to those that its filters let through. The filters are left as they came.</summary>
internal ref struct Query
{
    public ulong Time { get; set; }

    public uint Id { get; set; }

    /// <summary>Where answers go.</summary>
    public NodeAddress Address { get; set; }

    /// <summary>Who asks; nothing where an old agent does.</summary>
    public ReadOnlySpan<byte> SourceNode { get; set; }

    /// <summary>An array of them, as it came; see <see cref="QueryFilters"/>. Nothing where there are none.</summary>
    public ReadOnlySpan<byte> Filters { get; set; }

    public QueryFlags Flags { get; set; }

    /// <summary>By so many other members is each answer sent as well.</summary>
    public byte RelayFactor { get; set; }

    /// <summary>How long the query is open, in nanoseconds.</summary>
    public ulong Timeout { get; set; }

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

/// <summary>A message that is to be passed on to a member.</summary>
internal readonly ref struct RelayMessage(NodeAddress to, ReadOnlySpan<byte> name, ReadOnlySpan<byte> message)
{
    public NodeAddress To { get; } = to;

    /// <summary>Who is there; nothing where an old agent says it.</summary>
    public ReadOnlySpan<byte> Name { get; } = name;

    /// <summary>With its type.</summary>
    public ReadOnlySpan<byte> Message { get; } = message;
}

/// <summary>What a member says when it is asked about its keys, or told to change them.</summary>
internal sealed record KeyAnswer(bool IsDone, string Words, IReadOnlyList<string> Keys, string PrimaryKey)
{
    public static KeyAnswer Failed(string words) => new(IsDone: false, words, [], "");
}
