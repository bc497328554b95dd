namespace Rollcall.Gossip;

/// <summary>What is believed of a member.</summary>
public enum MemberState
{
    /// <summary>It answers, or somebody it answers says so.</summary>
    Alive = 0,

    /// <summary>It did not answer; it has until the end of its suspicion to say otherwise.</summary>
    Suspect = 1,

    /// <summary>It did not answer and nobody objected.</summary>
    Dead = 2,

    /// <summary>It said that it goes.</summary>
    Left = 3,
}
