using System.Collections.Immutable;

namespace Rollcall.Registry.Engine;

/// <summary>How a drain ended.</summary>
/// <param name="Write">How the write that began it ended.</param>
/// <param name="Watchers">Watchers that had to apply it.</param>
/// <param name="Waiting">Those that have not; empty when all have.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record DrainResult(
    WriteResult Write,
    int Watchers,
    ImmutableArray<Watchers.WatcherInfo> Waiting,
    TimeSpan Elapsed)
{
    /// <summary>False when it ended before the watchers of before a restart had the time to come back: who watches was not yet known.</summary>
    public bool KnowsWatchers { get; init; } = true;

    /// <summary>True when everybody who watches has applied it.</summary>
    public bool Complete => Waiting.IsEmpty && KnowsWatchers;
}
