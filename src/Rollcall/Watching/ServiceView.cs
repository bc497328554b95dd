namespace Rollcall.Watching;

/// <summary>Something that must see every snapshot on the watch's own loop.</summary>
internal interface IFollower
{
    /// <summary>Called on the loop with the newest snapshot, possibly more than once with the same. Must not throw.</summary>
    void Apply(EndpointSet set);
}

/// <summary>A value that follows a watch. Dispose it to stop following.</summary>
/// <typeparam name="T">What is computed from each snapshot.</typeparam>
public sealed class ServiceView<T> : IDisposable, IFollower
    where T : class
{
    private readonly SharedWatch _watch;
    private readonly WatchTable _table;
    private readonly Func<EndpointSet, T?, T> _project;
    private readonly TaskCompletionSource<T> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _current;
    private EndpointSet? _applied;
    private Exception? _failure;
    private int _isOutdated;
    private int _disposed;

    internal ServiceView(SharedWatch watch, WatchTable table, Func<EndpointSet, T?, T> project)
    {
        _watch = watch;
        _table = table;
        _project = project;
        watch.Add(this);
    }

    /// <summary>The newest value; null until the first snapshot arrives. One volatile read.</summary>
    public T? Current => Volatile.Read(ref _current);

    /// <summary>The newest value, waiting for the first.</summary>
    /// <exception cref="DiscoveryException">None came within <see cref="WatchOptions.FirstSnapshotTimeout"/>; the message says why.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up; the inner exception says why there was none.</exception>
    public ValueTask<T> GetAsync(CancellationToken cancellationToken = default) =>
        Current is { } current ? new(current) : new(_watch.WaitFirstAsync(_first.Task, () => Volatile.Read(ref _failure), cancellationToken));

    /// <inheritdoc cref="ServiceWatch.Refresh" />
    public void Refresh() => _watch.Refresh();

    /// <summary>
    /// Computes the value anew from the newest snapshot, because something else that it depends on has changed. Soon and on the watch's own loop, like every other
    /// computation of it; several calls may end in one. Never blocks.
    /// </summary>
    public void Recompute()
    {
        Volatile.Write(ref _isOutdated, 1);
        _watch.Wake();
    }

    /// <summary>Stops following. What <see cref="Current"/> shows stays.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _watch.Remove(this);
        _table.Release(_watch);
    }

    void IFollower.Apply(EndpointSet set)
    {
        if (Interlocked.Exchange(ref _isOutdated, 0) == 0 && ReferenceEquals(_applied, set))
            return;
        _applied = set;
        try
        {
            var value = _project(set, _current)
                ?? throw new InvalidOperationException("The projection returned null; return the value before to keep it.");
            Volatile.Write(ref _current, value);
            _first.TrySetResult(value);
        }
        catch (Exception error)
        {
            // The loop serves others, too, and the value before is better than none.
            Volatile.Write(ref _failure, error);
            _watch.ProjectionFailed(error, set);
        }
    }
}
