namespace Rollcall.Gossip.Wire;

/// <summary>The fields of all messages; a name means the same wherever it is found.</summary>
internal enum Field : byte
{
    Unknown,
    Addr,
    Algo,
    Buf,
    Error,
    From,
    Incarnation,
    Join,
    Meta,
    Nack,
    Name,
    Node,
    Nodes,
    Payload,
    Port,
    SeqNo,
    SourceAddr,
    SourceNode,
    SourcePort,
    State,
    Target,
    UserMsgLen,
    UserStateLen,
    Vsn,
}
