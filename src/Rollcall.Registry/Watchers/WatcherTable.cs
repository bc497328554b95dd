using System.Collections.Concurrent;

namespace Rollcall.Registry.Watchers;

/// <summary>
/// Who watches which service and which revision each has applied. A poll watcher is live from its query until a grace after its
/// connection ends or its next query fails to come; what it names as index it has applied. At most 10,000 watchers of a service and 100,000
/// in all are listed; those beyond are served but drains do not wait for them. Thread-safe.
/// </summary>
public sealed class WatcherTable : IDisposable
{
    /// <summary>In place of a service's name: a watcher of every service. It is listed, and waited for, with each.</summary>
    public const string AllServices = "*";

    internal static readonly WatcherHandle Untracked = new(null, null, 0);

    // How often services that nobody asks about are rid of watchers that have left; who asks sees the truth at once.
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, ServiceWatchers> _services = new(StringComparer.Ordinal);
    private readonly Func<long> _head;
    private readonly ITimer _sweep;
    private int _total;
    private long _untracked;
    private bool _closed;

    internal WatcherTable(TimeProvider time, Func<long> head, WatcherLimits limits)
    {
        (Time, _head, Limits) = (time, head, limits);
        _sweep = time.CreateTimer(_ => Sweep(), null, SweepEvery, SweepEvery);
    }

    /// <summary>Live watchers of all services. Those that left of themselves are counted for some seconds more.</summary>
    public int TotalCount => Volatile.Read(ref _total);

    internal TimeProvider Time { get; }

    internal WatcherLimits Limits { get; }

    internal TimeSpan Tick { get; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Services with watchers, or that had some until lately.</summary>
    internal int ServiceCount => _services.Count;

    /// <summary>Requests that were not listed because the table was full, since the start.</summary>
    internal long UntrackedRequests => Volatile.Read(ref _untracked);

    /// <summary>Notes that a watcher asks for changes after <paramref name="applied"/>. Dispose the handle when the request ends.</summary>
    /// <param name="service">The service it watches, or <see cref="AllServices"/>.</param>
    /// <param name="watcher">The name it gave; unique to the watch: two that share one name are taken for one.</param>
    /// <param name="kind">How it is told.</param>
    /// <param name="applied">The revision it has applied; one beyond the catalog's own (from another life of the data) counts as none.</param>
    /// <param name="remote">Its address, for people.</param>
    public WatcherHandle Enter(string service, string watcher, WatcherKind kind, long applied, string? remote)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(watcher);
        if (applied > _head())
            applied = 0;
        ServiceWatchers watchers;
        WatcherHandle handle;
        while (!(watchers = Watchers(service)).TryEnter(watcher, kind, applied, remote, out handle))
            _services.TryRemove(new(service, watchers)); // dropped, and not yet removed by who dropped it

        if (!handle.IsTracked)
            Interlocked.Increment(ref _untracked);
        return handle;
    }

    /// <summary>The live watchers of a service, in order of id.</summary>
    public IReadOnlyList<WatcherInfo> GetWatchers(string service)
    {
        var watchers = new List<WatcherInfo>();
        if (_services.TryGetValue(service, out var own))
            own.CopyTo(watchers);
        if (_services.TryGetValue(AllServices, out var all))
            all.CopyTo(watchers);
        watchers.Sort(static (a, b) => string.CompareOrdinal(a.Id, b.Id));
        return watchers;
    }

    /// <summary>Live watchers of a service.</summary>
    public int Count(string service) =>
        (_services.TryGetValue(service, out var own) ? own.Count() : 0)
        + (_services.TryGetValue(AllServices, out var all) ? all.Count() : 0);

    /// <summary>Live watchers of a service that watch in this way.</summary>
    public int Count(string service, WatcherKind kind) =>
        (_services.TryGetValue(service, out var own) ? own.Count(kind) : 0)
        + (_services.TryGetValue(AllServices, out var all) ? all.Count(kind) : 0);

    /// <summary>Ends every wait with whoever is behind, and the table's timer; who comes later does not wait.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _closed, true);
        _sweep.Dispose();
        foreach (var (_, service) in _services)
            service.Release();
    }

    /// <summary>
    /// Completes when every watcher of a service that is live now or comes meanwhile has applied <paramref name="revision"/> or is gone, or at
    /// the timeout with those that have not. At once when nobody watches.
    /// </summary>
    internal async Task<AppliedResult> WaitUntilAppliedAsync(string service, long revision, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var own = WaitAsync(service, revision, timeout, cancellationToken);
        var all = WaitAsync(AllServices, revision, timeout, cancellationToken);
        var (a, b) = (await own, await all);
        return new(
            a.Asked + b.Asked,
            a.Told + b.Told,
            b.Waiting.IsEmpty ? a.Waiting : [.. a.Waiting.Concat(b.Waiting).OrderBy(static info => info.Id, StringComparer.Ordinal)]);
    }

    internal ServiceWatchers Watchers(string service) =>
        _services.GetOrAdd(service, static (_, table) => new ServiceWatchers(table), this);

    internal long After(TimeSpan time) =>
        Time.GetTimestamp() + (long)(time.TotalSeconds * Time.TimestampFrequency);

    /// <summary>Nobody is waited for any more.</summary>
    internal bool IsClosed => Volatile.Read(ref _closed);

    internal bool TryCount(int ofService)
    {
        if (ofService >= Limits.PerService)
            return false;
        if (Interlocked.Increment(ref _total) <= Limits.Total)
            return true;
        Uncount();
        return false;
    }

    internal void Uncount() => Interlocked.Decrement(ref _total);

    private async Task<AppliedResult> WaitAsync(string service, long revision, TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_services.TryGetValue(service, out var watchers) || watchers.Wait(revision, timeout) is not { } wait)
            return new(0, 0, []);
        await using var registration = cancellationToken.UnsafeRegister((_, token) => watchers.Cancel(wait, token), null);
        return await wait.Done;
    }

    private void Sweep()
    {
        foreach (var entry in _services)
        {
            if (entry.Value.TryDrop())
                _services.TryRemove(entry);
        }
    }
}
