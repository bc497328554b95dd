using System.Collections.Immutable;

namespace Rollcall.Registry.Engine;

/// <summary>How a write ended.</summary>
public enum WriteOutcome
{
    /// <summary>A new instance was made.</summary>
    Created = 0,

    /// <summary>An instance was changed.</summary>
    Changed = 1,

    /// <summary>Everything was so already; no revision was spent.</summary>
    Unchanged = 2,

    /// <summary>There is no such instance.</summary>
    NotFound = 3,

    /// <summary>The instance has an owner and the secret is not the owner's.</summary>
    Forbidden = 4,

    /// <summary>A limit of the registry would be exceeded; the message names it.</summary>
    LimitReached = 5,

    /// <summary>The journal could not take it; nothing was changed. The message says what to do.</summary>
    StorageUnavailable = 6,

    /// <summary>The disk is full; nothing was changed. The message says what to do.</summary>
    StorageFull = 7,

    /// <summary>The node is stopping, or too many writes are waiting.</summary>
    Busy = 8,
}

/// <summary>How a write ended.</summary>
/// <param name="Outcome">How.</param>
/// <param name="Revision">The node's revision after it; of the instance's last change when unchanged.</param>
/// <param name="Message">What was wrong and what to do; null when it went well.</param>
public readonly record struct WriteResult(WriteOutcome Outcome, long Revision, string? Message = null)
{
    /// <summary>True when the instance is now as was asked.</summary>
    public bool Succeeded => Outcome is WriteOutcome.Created or WriteOutcome.Changed or WriteOutcome.Unchanged;
}

/// <summary>What became of a renewal.</summary>
public enum RenewResult
{
    /// <summary>The lease runs anew.</summary>
    Renewed = 0,

    /// <summary>There is no such instance; register again.</summary>
    Unknown = 1,

    /// <summary>The secret is not the owner's.</summary>
    Forbidden = 2,
}

/// <summary>How a drain ended.</summary>
/// <param name="Write">How the write that began it ended.</param>
/// <param name="Watchers">Watchers that had to apply it.</param>
/// <param name="Waiting">Those that have not; empty when all have.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record DrainResult(
    WriteResult Write,
    int Watchers,
    ImmutableArray<Watchers.WatcherInfo> Waiting,
    TimeSpan Elapsed);

/// <summary>State of the mass-expiry guard.</summary>
/// <param name="Active">True while expiry is suspended.</param>
/// <param name="Reason">Why, in words for an operator; null while inactive.</param>
/// <param name="Since">Since when (UTC); null while inactive.</param>
/// <param name="HeldLeases">Leases overdue but kept.</param>
public sealed record GuardStatus(bool Active, string? Reason, DateTimeOffset? Since, int HeldLeases);
