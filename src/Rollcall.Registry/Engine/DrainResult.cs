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
    TimeSpan Elapsed);
