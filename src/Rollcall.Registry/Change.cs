namespace Rollcall.Registry;

/// <summary>What kind of change a revision was.</summary>
public enum ChangeKind
{
    /// <summary>A new instance.</summary>
    Registered = 1,

    /// <summary>An instance was replaced by a registration.</summary>
    Updated = 2,

    /// <summary>Its readiness changed: by its owner, a check or its callers.</summary>
    Status = 3,

    /// <summary>It began to drain.</summary>
    Draining = 4,

    /// <summary>Its lease ran out; it is not ready.</summary>
    Expired = 5,

    /// <summary>Its lease was renewed after it had run out.</summary>
    Revived = 6,

    /// <summary>Its owner or an operator took it away.</summary>
    Deregistered = 7,

    /// <summary>It was expired for so long that it was taken away.</summary>
    Removed = 8,
}

/// <summary>
/// One committed change: the whole instance afterwards, or that it is gone. Replaying changes in order of revision rebuilds the catalog;
/// replaying one twice changes nothing.
/// </summary>
/// <param name="Revision">The node's revision that this change became.</param>
/// <param name="Time">When it was committed (UTC, to the millisecond).</param>
/// <param name="Kind">What kind it was.</param>
/// <param name="Key">Which instance.</param>
/// <param name="Instance">The instance afterwards; null when it is gone.</param>
/// <param name="Reason">Why, when there is something to say.</param>
public sealed record Change(
    long Revision,
    DateTimeOffset Time,
    ChangeKind Kind,
    InstanceKey Key,
    Instance? Instance,
    string? Reason);
