namespace Rollcall.Gossip.Serf;

/// <summary>The first byte of a user message in a cluster of Serf.</summary>
internal enum SerfMessageType : byte
{
    LeaveIntent = 0,
    JoinIntent = 1,
    State = 2,
    UserEvent = 3,
    Query = 4,
    QueryResponse = 5,
    ConflictResponse = 6,
    KeyRequest = 7,
    KeyResponse = 8,
    Relay = 9,
}

[Flags]
internal enum QueryFlags : uint
{
    None = 0,

    /// <summary>In a query: an ack is wanted. In a response: this is one.</summary>
    Ack = 1,

    /// <summary>Not to be passed on.</summary>
    NoBroadcast = 2,
}
