namespace Rollcall.Gossip;

/// <summary>What has changed.</summary>
public enum GossipEventKind
{
    /// <summary>Nothing: all members as they are. The first event, and again after a reader that was too slow has missed some.</summary>
    Snapshot = 0,

    /// <summary>A member is there, for the first time or again after it had failed or left.</summary>
    Joined = 1,

    /// <summary>A member says something else of itself: its metadata, its address, or that it does not leave after all.</summary>
    Updated = 2,

    /// <summary>A member did not answer and is suspected.</summary>
    Suspected = 3,

    /// <summary>A suspect answered after all.</summary>
    Cleared = 4,

    /// <summary>A member is taken for dead.</summary>
    Failed = 5,

    /// <summary>A member went on purpose.</summary>
    Left = 6,

    /// <summary>A member that had failed or left is no longer remembered: after <see cref="GossipOptions.GossipToTheDeadTime"/>, or after a day with <see cref="GossipOptions.Serf"/>, as agents do.</summary>
    Forgotten = 7,

    /// <summary>It was said that a member goes; it still takes part. Only with <see cref="GossipOptions.Serf"/>.</summary>
    Leaving = 8,
}
