namespace Rollcall.Registry.Watchers;

/// <summary>The presence of one watcher while its request lasts. Thread-safe.</summary>
public sealed class WatcherHandle : IDisposable
{
    private readonly ServiceWatchers? _owner;

    internal WatcherHandle(ServiceWatchers? owner, Watcher? watcher, long applied)
    {
        _owner = owner;
        Watcher = watcher;
        Applied = applied;
    }

    /// <summary>False when the table is full: the watcher is served but not listed, and a drain does not wait for it.</summary>
    public bool IsTracked => _owner is not null;

    internal Watcher? Watcher { get; }

    // Guarded by the owner's lock.
    internal long Applied { get; set; }

    /// <summary>Notes that it has applied (poll) or been sent (stream) a revision.</summary>
    public void Advance(long applied) => _owner?.Advance(this, applied);

    /// <summary>
    /// Says that its connection was lost, so that it is forgotten soon unless it asks again. May also be called after <see cref="Dispose"/>,
    /// when the connection ends between two queries; ignored when it has asked again meanwhile.
    /// </summary>
    public void Lost() => _owner?.End(this, lost: true);

    /// <summary>The request was answered: a poll watcher is expected to ask again, a stream watcher has left.</summary>
    public void Dispose() => _owner?.End(this, lost: false);
}
