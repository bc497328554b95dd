using System.Runtime.CompilerServices;

namespace Rollcall.Registry.Journaling;

/// <summary>
/// Keeps nothing on disk; history lives in memory, bounded like that of the disk. What falls out of it is folded into a baseline, from
/// which any later moment can be rebuilt.
/// </summary>
internal sealed class MemoryJournal : IJournal
{
    private readonly JournalOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Queue<Change> _changes = new();
    private readonly Dictionary<InstanceKey, Instance> _baseline = [];
    private long _baselineRevision;
    private long _revision;
    private long _bytes;
    private DateTimeOffset _completeSince;

    public MemoryJournal(JournalOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _completeSince = time.GetUtcNow();
    }

    public string Epoch { get; } = Guid.NewGuid().ToString("N");

    public RecoveredState Recovered { get; } = new(0, [], null);

    public DateTimeOffset HistoryCompleteSince
    {
        get
        {
            lock (_gate)
                return _completeSince;
        }
    }

    public bool WantsSnapshot => false;

    public JournalHealth Health
    {
        get
        {
            lock (_gate)
                return new JournalHealth(Durability.Memory, null, _bytes, 0, null);
        }
    }

    public ValueTask AppendAsync(IReadOnlyList<Change> batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RevisionOrder.ThrowIfBroken(batch, _revision);
        lock (_gate)
        {
            for (var i = 0; i < batch.Count; i++)
            {
                _changes.Enqueue(batch[i]);
                _bytes += EstimateBytes(batch[i]);
            }

            _revision += batch.Count;
            DropOld();
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask WriteSnapshotAsync(
        long revision, DateTimeOffset time, IEnumerable<Instance> instances, EmptiedServices emptied, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;

    public async IAsyncEnumerable<Change> ReadHistoryAsync(DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Change[] changes;
        lock (_gate)
            changes = [.. _changes];
        foreach (var change in changes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (change.Time >= since)
                yield return change;
        }

        await Task.CompletedTask;
    }

    public ValueTask<PastState?> ReadStateAtAsync(DateTimeOffset at, string? service, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (at < _completeSince)
                return ValueTask.FromResult<PastState?>(null);
            var state = new PastStateBuilder(_baselineRevision);
            foreach (var instance in _baseline.Values)
            {
                if (IsOf(instance.Key))
                    state.Add(instance);
            }

            foreach (var change in _changes)
            {
                if (change.Time > at)
                    break;
                state.Apply(change.Revision, IsOf(change.Key) ? change : null);
            }

            return ValueTask.FromResult<PastState?>(state.Build());
        }

        bool IsOf(InstanceKey key) => service is null || string.Equals(service, key.Service, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void DropOld()
    {
        var oldest = _time.GetUtcNow() - _options.HistoryAge;
        while (_changes.TryPeek(out var change) && (_bytes > _options.HistoryBytes || change.Time < oldest))
        {
            _changes.Dequeue();
            _bytes -= EstimateBytes(change);
            if (change.Instance is { } instance)
                _baseline[change.Key] = instance;
            else
                _baseline.Remove(change.Key);
            _baselineRevision = change.Revision;
            if (JournalFiles.AfterMoment(change.Time) > _completeSince)
                _completeSince = JournalFiles.AfterMoment(change.Time);
        }
    }

    // What the objects of a change cost, roughly; strings it shares with others are counted again.
    private static long EstimateBytes(Change change)
    {
        const int ChangeBytes = 96;
        const int InstanceBytes = 400;
        const int EntryBytes = 120;
        if (change.Instance is not { Registration: var registration })
            return ChangeBytes;
        return ChangeBytes + InstanceBytes
            + (EntryBytes * (registration.Ports.Count + registration.Metadata.Count + registration.Checks.Length))
            + (2 * (registration.Id.Length + registration.Address.Length));
    }
}
