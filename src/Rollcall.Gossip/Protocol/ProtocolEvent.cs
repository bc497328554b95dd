using System.Runtime.InteropServices;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Protocol;

internal enum EventKind : byte
{
    /// <summary>A member is there, for the first time or again after it was dead or had left.</summary>
    Joined,

    /// <summary>A member went on purpose.</summary>
    Left,

    /// <summary>A member is believed dead.</summary>
    Failed,

    /// <summary>A live member says something else of itself.</summary>
    Updated,

    /// <summary>A member is suspected; <see cref="ProtocolEvent.Other"/> accused it, null where that is nobody known.</summary>
    Suspected,

    /// <summary>A suspect objected.</summary>
    Cleared,

    /// <summary>A member that had been dead or gone for long enough is forgotten.</summary>
    Forgotten,

    /// <summary>This node was accused, and said otherwise.</summary>
    Refuted,

    /// <summary>Two claim one name: the member is kept, <see cref="ProtocolEvent.Other"/> is what the other claims.</summary>
    Conflict,

    /// <summary>The target of a probe answered; <see cref="ProtocolEvent.Elapsed"/> is the time it took, where it answered this node itself.</summary>
    ProbeAnswered,

    /// <summary>Nobody got an answer from the target of a probe.</summary>
    ProbeFailed,

    /// <summary>The target answered over TCP alone: datagrams do not get through.</summary>
    DatagramsLost,

    /// <summary>An exchange over TCP has failed, for <see cref="ProtocolEvent.Reason"/>, with a member that answers over UDP.</summary>
    StreamsLost,

    /// <summary>Nobody at all answered in a probe round, so that this node is to be doubted before its target.</summary>
    Doubted,

    /// <summary>This node was not run for <see cref="ProtocolEvent.Elapsed"/>.</summary>
    Paused,

    /// <summary>A ping for another name came here.</summary>
    Misdirected,

    /// <summary>A message was not believed, for <see cref="ProtocolEvent.Reason"/>; or so many members of an exchange were not, if <see cref="ProtocolEvent.Length"/> is not 0.</summary>
    Refused,

    /// <summary>An accusation was not believed: so many of its accuser's were refuted.</summary>
    AccuserDoubted,

    /// <summary>A member goes and comes so often that it gets more time before it is believed dead.</summary>
    Flapping,

    /// <summary>A message for the application came; its bytes are <see cref="Effects.PayloadOf"/>.</summary>
    MessageReceived,

    /// <summary>What was queued as <see cref="ProtocolEvent.Token"/> has been sent often enough, or has been displaced.</summary>
    Transmitted,

    /// <summary>All have been told that this node goes, as far as that can be known.</summary>
    LeaveSpread,

    /// <summary>An exchange of states is over and merged.</summary>
    Merged,

    /// <summary>A member that this node has asked believes that this node's name is <see cref="ProtocolEvent.Other"/>'s: there this node is no member.</summary>
    NameLost,
}

/// <summary>Something that happened, for whoever logs, counts or tells the application.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProtocolEvent(EventKind Kind, long At)
{
    /// <summary>The member it is about, as it is after the event.</summary>
    public NodeRecord? Record { get; init; }

    public NodeRecord? Other { get; init; }

    public uint Incarnation { get; init; }

    /// <summary>Where it came from.</summary>
    public NodeAddress From { get; init; }

    public long Elapsed { get; init; }

    /// <summary>What is wrong: a constant, but for <see cref="EventKind.StreamsLost"/>.</summary>
    public string? Reason { get; init; }

    public long Token { get; init; }

    public int Offset { get; init; }

    public int Length { get; init; }
}
