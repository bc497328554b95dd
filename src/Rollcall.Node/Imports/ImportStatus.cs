using System.Collections.Immutable;

namespace Rollcall.Node.Imports;

/// <summary>How an import is doing. Immutable.</summary>
/// <param name="Options">What is imported.</param>
/// <param name="Target">From where.</param>
/// <param name="Freshness">How much of it can be trusted, and why not more.</param>
/// <param name="ObservedAt">When the source last said so (UTC); null before its first answer.</param>
/// <param name="Rejected">Endpoints that were left out, each with the reason, in words.</param>
internal sealed record ImportStatus(ImportOptions Options, ServiceTarget Target, Freshness Freshness, DateTimeOffset? ObservedAt, ImmutableArray<string> Rejected)
{
    /// <summary>How it is found; <see cref="ImportMode.StaticFallback"/> while the fallback is shown.</summary>
    public string Mode => Freshness.Kind == FreshnessKind.Fallback ? ImportMode.StaticFallback : ImportMode.Of(Target);

    /// <summary><c>live</c>, <c>stale</c> or <c>static-fallback</c>.</summary>
    public string FreshnessText => Freshness.Kind switch
    {
        FreshnessKind.Live => "live",
        FreshnessKind.Fallback => ImportMode.StaticFallback,
        _ => "stale",
    };
}
