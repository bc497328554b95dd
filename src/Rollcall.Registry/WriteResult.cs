namespace Rollcall.Registry;

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

    /// <summary>The instance is imported and can only be changed where it comes from; or, for an import, it was registered here.</summary>
    ReadOnly = 9,

    /// <summary>Too few instances of the service would be ready after it; the message says how many. Nothing was changed.</summary>
    BelowFloor = 10,
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
