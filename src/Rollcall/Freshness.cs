namespace Rollcall;

/// <summary>How much a snapshot can be trusted.</summary>
public enum FreshnessKind
{
    /// <summary>The source is reachable and this is what it says.</summary>
    Live = 0,

    /// <summary>Last known good: the source is unreachable, or what it says now is being doubted.</summary>
    Stale = 1,

    /// <summary>From a second-choice source.</summary>
    Fallback = 2,
}

/// <summary>How much a snapshot can be trusted, and why not more.</summary>
/// <param name="Kind">Live, stale or fallback.</param>
/// <param name="Reason">Why it is not live, in words for a person; null when live.</param>
public readonly record struct Freshness(FreshnessKind Kind, string? Reason)
{
    /// <summary>The source is reachable and this is what it says.</summary>
    public static Freshness Live => default;

    /// <summary>True when <see cref="Kind"/> is <see cref="FreshnessKind.Live"/>.</summary>
    public bool IsLive => Kind == FreshnessKind.Live;

    /// <summary>Last known good, with the reason it may be out of date.</summary>
    public static Freshness Stale(string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        return new(FreshnessKind.Stale, reason);
    }

    /// <summary>From a second-choice source, with the reason.</summary>
    public static Freshness Fallback(string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        return new(FreshnessKind.Fallback, reason);
    }

    /// <inheritdoc />
    public override string ToString() => Reason is null ? Kind.ToString() : $"{Kind} ({Reason})";
}
