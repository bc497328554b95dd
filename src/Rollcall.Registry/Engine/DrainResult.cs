using System.Collections.Immutable;

namespace Rollcall.Registry.Engine;

/// <summary>How a drain ended.</summary>
/// <param name="Write">How the write that began it ended.</param>
/// <param name="Watchers">Watchers that had to apply it.</param>
/// <param name="Waiting">Those that have not, and streams that could not be told; empty when all have.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record DrainResult(
    WriteResult Write,
    int Watchers,
    ImmutableArray<Watchers.WatcherInfo> Waiting,
    TimeSpan Elapsed)
{
    /// <summary>False when it ended before the watchers of before a restart had the time to come back: who watches was not yet known.</summary>
    public bool KnowsWatchers { get; init; } = true;

    /// <summary>Event streams that were told. They do not say what they have applied.</summary>
    public int Told { get; init; }

    /// <summary>True when every watcher has applied it, and every stream was told.</summary>
    public bool Complete => Waiting.IsEmpty && KnowsWatchers;
}
