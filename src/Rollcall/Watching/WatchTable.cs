using System.Diagnostics.Metrics;

namespace Rollcall.Watching;

/// <summary>
/// Which target has a shared watch, and who counts on it. The only place that counts references: a watch is started by its first, and stopped
/// <see cref="WatchOptions.Linger"/> after its last has gone.
/// </summary>
internal sealed class WatchTable(Func<ServiceTarget, SharedWatch> create, TimeSpan linger, TimeProvider time) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ServiceTarget, Entry> _entries = [];
    private readonly HashSet<SharedWatch> _ending = [];
    private bool _disposed;

    /// <summary>Watches that run, including those nobody counts on any more.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                ForgetEnded();
                return _entries.Count + _ending.Count;
            }
        }
    }

    /// <summary>The watch of <paramref name="target"/> with one more reference, started if there was none.</summary>
    public SharedWatch Acquire(ServiceTarget target)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(ServiceResolver));
            if (!_entries.TryGetValue(target, out var entry))
            {
                _entries.Add(target, entry = new Entry(create(target)));
                entry.Watch.Start();
            }

            entry.References++;
            return entry.Watch;
        }
    }

    /// <summary>One more reference to a watch on which the caller has one already.</summary>
    public void AcquireAgain(SharedWatch watch)
    {
        lock (_gate)
        {
            // The caller's own reference may just have been given back by another thread, and the watch with it.
            if (!_entries.TryGetValue(watch.Target, out var entry) || !ReferenceEquals(entry.Watch, watch))
                throw new ObjectDisposedException(nameof(ServiceWatch), $"The watch of {watch.Target} has ended.");
            entry.References++;
        }
    }

    /// <summary>The watch of <paramref name="target"/> with one more reference if one runs; else null.</summary>
    public SharedWatch? TryAcquire(ServiceTarget target)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(target, out var entry))
                return null;
            entry.References++;
            return entry.Watch;
        }
    }

    /// <summary>Gives one reference back.</summary>
    public void Release(SharedWatch watch)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(watch.Target, out var entry) || !ReferenceEquals(entry.Watch, watch))
                return;
            if (--entry.References > 0)
                return;
            entry.IdleSince = time.GetTimestamp();
            entry.Timer ??= time.CreateTimer(OnIdle, entry, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            entry.Timer.Change(linger, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>One measurement per scheme: the age of its oldest snapshot that is stale.</summary>
    public IEnumerable<Measurement<double>> SnapshotAges()
    {
        List<SharedWatch> watches;
        lock (_gate)
            watches = [.. _entries.Values.Select(static entry => entry.Watch)];
        var now = time.GetUtcNow();
        return watches
            .GroupBy(static watch => watch.Target.Scheme, StringComparer.Ordinal)
            .Select(group => new Measurement<double>(
                group.Max(watch => watch.Current is { Freshness.Kind: FreshnessKind.Stale } set ? Math.Max(0, (now - set.ObservedAt).TotalSeconds) : 0),
                new KeyValuePair<string, object?>(WatchMetrics.SchemeTag, group.Key)));
    }

    /// <summary>Asks every watch to end, whoever counts on it.</summary>
    /// <returns>Those that may not have ended yet.</returns>
    public IReadOnlyList<SharedWatch> Stop()
    {
        List<Entry> entries;
        List<SharedWatch> watches;
        lock (_gate)
        {
            _disposed = true;
            entries = [.. _entries.Values];
            _entries.Clear();
            ForgetEnded();
            // Remembered until they have ended: whoever stops a second time, to wait, must find them.
            _ending.UnionWith(entries.Select(static entry => entry.Watch));
            watches = [.. _ending];
        }

        foreach (var entry in entries)
        {
            entry.Timer?.Dispose();
            entry.Watch.Stop();
        }

        return watches;
    }

    /// <summary>Ends every watch, whoever counts on it, and waits until they have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        // All are told before any is waited for.
        foreach (var watch in Stop())
            await watch.DisposeAsync();
    }

    private void OnIdle(object? state)
    {
        var entry = (Entry)state!;
        lock (_gate)
        {
            // A late timer: someone came back meanwhile, or came back and left again, which moved the end.
            if (entry.References > 0 || !_entries.TryGetValue(entry.Watch.Target, out var listed) || !ReferenceEquals(listed, entry))
                return;
            var left = linger - time.GetElapsedTime(entry.IdleSince);
            if (left > TimeSpan.FromMilliseconds(1))
            {
                entry.Timer!.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }

            _entries.Remove(entry.Watch.Target);
            ForgetEnded();
            _ending.Add(entry.Watch);
        }

        entry.Timer!.Dispose();
        entry.Watch.Stop();
    }

    private void ForgetEnded() => _ending.RemoveWhere(static watch => watch.Ended.IsCompleted);

    private sealed class Entry(SharedWatch watch)
    {
        public SharedWatch Watch { get; } = watch;

        public int References { get; set; }

        public long IdleSince { get; set; }

        public ITimer? Timer { get; set; }
    }
}
