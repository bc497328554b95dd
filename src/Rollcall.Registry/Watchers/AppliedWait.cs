using System.Collections.Immutable;

namespace Rollcall.Registry.Watchers;

/// <summary>Who was asked to apply a revision, how many streams were told of it, and who has not applied it or not been told.</summary>
/// <param name="Asked">Watchers that say themselves what they have applied.</param>
/// <param name="Told">Streams that were sent it. That proves nothing: what was sent may lie unread in the memory of either system.</param>
/// <param name="Waiting">Those of either kind that are behind.</param>
internal readonly record struct AppliedResult(int Asked, int Told, ImmutableArray<WatcherInfo> Waiting);

/// <summary>
/// Waits until every watcher of a service has applied a revision or is gone. Guarded by the lock of its <see cref="ServiceWatchers"/>, which
/// tells it what happens to them.
/// </summary>
internal sealed class AppliedWait(long revision, long endsAt)
{
    private readonly TaskCompletionSource<AppliedResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private readonly HashSet<Watcher> _behind = [];

    public Task<AppliedResult> Done => _done.Task;

    /// <summary>Timestamp at which it ends whoever has not applied.</summary>
    public long EndsAt { get; } = endsAt;

    public ITimer? Timer { get; set; }

    /// <summary>True once all it knows of have applied.</summary>
    public bool IsSatisfied => _behind.Count == 0;

    /// <summary>A watcher came, or named a revision.</summary>
    public void Note(Watcher watcher)
    {
        var isStream = watcher.Kind == WatcherKind.Stream;
        if (!isStream)
            _asked.Add(watcher.Id);
        if (watcher.Applied < revision)
        {
            _behind.Add(watcher);
            return;
        }

        _behind.Remove(watcher);
        if (isStream)
            _told.Add(watcher.Id);
    }

    /// <summary>A watcher left.</summary>
    public void Gone(Watcher watcher) => _behind.Remove(watcher);

    /// <summary>Ends it with whoever is behind. The waiter runs elsewhere, not under the lock.</summary>
    public void Finish()
    {
        Timer?.Dispose();
        _done.TrySetResult(new(
            _asked.Count,
            _told.Count,
            [.. _behind.Select(static watcher => watcher.Describe()).OrderBy(static info => info.Id, StringComparer.Ordinal)]));
    }

    public void Cancel(CancellationToken cancellationToken)
    {
        Timer?.Dispose();
        _done.TrySetCanceled(cancellationToken);
    }
}
