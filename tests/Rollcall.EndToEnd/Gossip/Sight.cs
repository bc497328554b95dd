namespace Rollcall.EndToEnd.Gossip;

/// <summary>What a member says in its log of another, or of itself.</summary>
internal enum Sight
{
    Joined,
    Failed,
    Left,

    /// <summary>It has asked another in vain, or has heard that one did.</summary>
    Suspected,

    /// <summary>It was suspected itself, and has objected.</summary>
    Refuted,
}
