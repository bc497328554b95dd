namespace Rollcall.Gossip.Protocol;

/// <summary>What is believed of one member; a row of the <see cref="MemberTable"/>.</summary>
internal struct MemberEntry
{
    /// <summary>What it says of itself; null where the row is free. Changed by <see cref="MemberTable.SetRecord"/>.</summary>
    public NodeRecord? Record;

    /// <summary>When <see cref="State"/> began.</summary>
    public long Since;

    public uint Incarnation;

    public MemberState State;

    /// <summary>It has answered a ping from the address it is known by, so that acks of it from elsewhere do not count.</summary>
    public bool AnswersFromItsAddress;

    public readonly bool IsLive => State is MemberState.Alive or MemberState.Suspect;
}

/// <summary>What is believed of one member at one moment.</summary>
internal readonly record struct MemberView(NodeRecord Record, uint Incarnation, MemberState State, long Since);
