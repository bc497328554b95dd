using System.Runtime.CompilerServices;

namespace Rollcall.Watching;

/// <summary>
/// A reference to the shared watch of one target. Reading <see cref="Current"/> is one volatile read. Dispose it to give the reference back.
/// Thread-safe.
/// </summary>
public sealed class ServiceWatch : IDisposable
{
    private readonly SharedWatch _watch;
    private readonly WatchTable _table;
    private int _disposed;

    internal ServiceWatch(SharedWatch watch, WatchTable table)
    {
        _watch = watch;
        _table = table;
    }

    /// <summary>What is watched.</summary>
    public ServiceTarget Target => _watch.Target;

    /// <summary>The newest snapshot; null until the first arrives.</summary>
    public EndpointSet? Current => _watch.Current;

    /// <summary>The newest snapshot, waiting for the first.</summary>
    /// <exception cref="DiscoveryException">None came within <see cref="WatchOptions.FirstSnapshotTimeout"/>; the message has the last failure.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up; the inner exception says why there was none.</exception>
    public ValueTask<EndpointSet> GetAsync(CancellationToken cancellationToken = default) =>
        Current is { } current ? new(current) : new(_watch.WaitFirstAsync(_watch.First, ownFailure: null, cancellationToken));

    /// <summary>
    /// State first, then the newest snapshot after each change; a slow reader misses those in between. Ends normally when the watch does,
    /// with <see cref="OperationCanceledException"/> when cancelled.
    /// </summary>
    public async IAsyncEnumerable<EndpointSet> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _watch.Stopped);
        EndpointSet? last = null;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var change = _watch.NextChange;
            if (_watch.Current is { } current && !ReferenceEquals(current, last))
            {
                yield return last = current;
                continue;
            }

            await change.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_watch.Stopped.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                yield break;
        }
    }

    /// <summary>
    /// A value computed from each snapshot, once per change, before the change counts as applied (so before a draining instance may stop).
    /// <paramref name="project"/> runs on the watch's own loop, must not block, and gets the value it made last (default at first).
    /// When it throws, that is logged and counted, and the value before stays.
    /// </summary>
    /// <remarks>The view holds a reference of its own: it goes on when this one is disposed, until it is disposed itself.</remarks>
    /// <exception cref="ObjectDisposedException">The reference was given back.</exception>
    public ServiceView<T> View<T>(Func<EndpointSet, T?, T> project)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(project);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        _table.AcquireAgain(_watch);
        return new ServiceView<T>(_watch, _table, project);
    }

    /// <summary>
    /// Hints that what is believed may be out of date, such as after a failed connect, so that a source that looks from time to time (DNS, HTTP) looks
    /// sooner. Such a source limits how often it does; the others ignore it. Never blocks.
    /// </summary>
    public void Refresh() => _watch.Refresh();

    /// <summary>Gives the reference back. The watch itself ends a while after its last reference.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            _table.Release(_watch);
    }
}
