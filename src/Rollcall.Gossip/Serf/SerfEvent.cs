using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Serf;

internal enum SerfStatus : byte
{
    None = 0,
    Alive = 1,
    Leaving = 2,
    Left = 3,
    Failed = 4,
}

internal enum SerfEventKind : byte
{
    /// <summary>The status of a member is another one.</summary>
    StatusChanged,

    /// <summary>A member that is gone is no longer remembered.</summary>
    Forgotten,

    /// <summary>An event of a user.</summary>
    UserEvent,

    /// <summary>Somebody asked who has a name; this node has answered.</summary>
    ConflictAnswered,

    /// <summary>The member asked about the keys, or had them changed: <see cref="SerfEvent.Words"/> say why not, or nothing.</summary>
    KeysAsked,

    /// <summary>All have answered the query of that time.</summary>
    QueryAnswered,

    /// <summary>A message of Serf could not be read, or was not believed.</summary>
    Refused,
}

/// <summary>Something that happened in what Serf puts on top of membership.</summary>
internal sealed record SerfEvent(SerfEventKind Kind, string Name)
{
    /// <summary>Where what was refused came from, or was passed on by.</summary>
    public NodeAddress From { get; init; }

    public SerfStatus Status { get; init; }

    public byte[] Payload { get; init; } = [];

    public ulong Time { get; init; }

    public KeyOperation Operation { get; init; }

    public string Words { get; init; } = "";
}
