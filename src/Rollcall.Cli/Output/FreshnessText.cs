namespace Rollcall.Cli.Output;

/// <summary>Freshness in words.</summary>
internal static class FreshnessText
{
    public static string Kind(Freshness freshness) => freshness.Kind switch
    {
        FreshnessKind.Live => "live",
        FreshnessKind.Stale => "stale",
        _ => "fallback",
    };

    /// <summary><c>live</c>, or the kind with its reason.</summary>
    public static string Format(Freshness freshness) =>
        freshness.Reason is { } reason ? $"{Kind(freshness)}: {reason}" : Kind(freshness);
}
