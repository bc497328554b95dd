using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Rollcall.Registry.Catalogs;

/// <summary>
/// The node's read model. Readers take immutable snapshots and no lock; one writer, the replication, publishes.
/// </summary>
public sealed class Catalog
{
    /// <summary>How many of the newest changes are held for <see cref="TryReadChanges"/>.</summary>
    public const int HeldChanges = 8192;

    /// <summary>Services without instances that are remembered; beyond it the longest empty are forgotten.</summary>
    internal const int MaxEmptyServices = 10_000;

    private readonly ConcurrentDictionary<string, ServiceEntry> _entries = new(StringComparer.Ordinal);
    private readonly ChangeLog _log = new(HeldChanges);

    // The writer's own, and those who forget and copy what is empty: taken once a batch, never by a reader.
    private readonly Lock _writer = new();
    private readonly EmptiedList _emptied = new();
    private readonly Dictionary<string, List<Change>> _batch = new(StringComparer.Ordinal);
    private readonly Stack<List<Change>> _spare = new();

    // _head moves before the snapshots of a batch, _revision after them. So an index taken from any snapshot is never beyond _head, and
    // snapshots read after Revision are never older than it.
    private long _head;
    private long _revision;
    private long _forgotten;
    private bool _closed;

    internal Catalog()
    {
    }

    /// <summary>The node's revision: that of the last published change. Snapshots read after it are at least as new.</summary>
    public long Revision => Volatile.Read(ref _revision);

    /// <summary>Services remembered or waited for.</summary>
    internal int EntryCount => _entries.Count;

    /// <summary>The newest revision a reader can have seen; never behind <see cref="Revision"/>.</summary>
    internal long Head => Volatile.Read(ref _head);

    /// <summary>The services that have instances, in no order.</summary>
    public IReadOnlyCollection<ServiceSnapshot> Services => [.. KnownServices.Where(static service => !service.Instances.IsEmpty)];

    /// <summary>The services that have instances or had some in the time that is remembered, in no order.</summary>
    public IReadOnlyCollection<ServiceSnapshot> KnownServices
    {
        get
        {
            var services = new List<ServiceSnapshot>();
            foreach (var (_, entry) in _entries)
            {
                if (entry.Current is { IsKnown: true } snapshot)
                    services.Add(snapshot);
            }

            return services;
        }
    }

    /// <summary>
    /// The service as it is now; one that <see cref="ServiceSnapshot.IsKnown">is not known</see> when there is none. After a restart every service with
    /// instances begins at the revision of the node: what was read of it before may be older than that.
    /// </summary>
    public ServiceSnapshot GetService(string service)
    {
        if (_entries.TryGetValue(service, out var entry) && entry.Current is { IsKnown: true } known)
            return known;
        // After the look at the entry: who finds nothing finds the floor.
        return ServiceSnapshot.Unknown(service, Volatile.Read(ref _forgotten));
    }

    /// <summary>One instance as it is now; null when there is none.</summary>
    public Instance? GetInstance(InstanceKey key)
    {
        if (!_entries.TryGetValue(key.Service, out var entry))
            return null;
        var instances = entry.Current.Instances.AsSpan();
        var at = SnapshotBuilder.Find(instances, key.Id);
        return at < 0 ? null : instances[at];
    }

    /// <summary>
    /// Completes with the service's snapshot once it has changed after <paramref name="revision"/>; at once when it has already, or when that
    /// revision is beyond the catalog's own (it came from another life of the data). When the registry stops, it completes with the service as it is.
    /// </summary>
    public ValueTask<ServiceSnapshot> WaitForChangeAsync(string service, long revision, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<ServiceSnapshot>(cancellationToken);
        return _entries.TryGetValue(service, out var entry) && IsNews(entry.Current, revision, out var answer)
            ? new(answer)
            : WaitAsync(service, revision, cancellationToken);
    }

    /// <summary>
    /// Every change after <paramref name="afterRevision"/> as it is published, in order; false from the first read when that revision is no longer
    /// held (start over from a snapshot). A reader that falls more than the held changes behind ends with <see cref="ChangesLostException"/>;
    /// when the registry stops, the changes end.
    /// </summary>
    public bool TryReadChanges(long afterRevision, out IAsyncEnumerable<Change> changes)
    {
        var held = _log.Holds(afterRevision);
        changes = held ? _log.ReadAsync(afterRevision) : AsyncEnumerable.Empty<Change>();
        return held;
    }

    /// <summary>Takes over what was recovered, before anything is published.</summary>
    internal void Load(long revision, IEnumerable<Instance> instances, EmptiedServices emptied)
    {
        foreach (var group in instances.GroupBy(static instance => instance.Registration.Service, StringComparer.Ordinal))
        {
            // The service may have changed since the youngest of its instances did (another left), at the latest at the node's revision.
            // Saying that is safe: whoever saw something older is told again.
            var sorted = group.OrderBy(static instance => instance.Registration.Id, StringComparer.Ordinal).ToImmutableArray();
            Entry(group.Key).TrySet(new ServiceSnapshot(group.Key, revision, sorted));
        }

        foreach (var service in emptied.Services)
        {
            Entry(service.Service).TrySet(new ServiceSnapshot(service.Service, service.Revision, []));
            _emptied.Add(service);
        }

        _head = _revision = revision;
        _forgotten = emptied.Forgotten;
        _log.Start(revision);
        Forget(DateTimeOffset.MinValue);
    }

    /// <summary>What is remembered of services without instances, as of the last published change.</summary>
    internal EmptiedServices CopyEmptied()
    {
        lock (_writer)
            return new EmptiedServices(_forgotten, _emptied.Copy());
    }

    /// <summary>Forgets the services that were emptied before a moment.</summary>
    internal void ForgetEmptiedBefore(DateTimeOffset moment)
    {
        lock (_writer)
            Forget(moment);
    }

    /// <summary>Publishes a batch that is safe: one new snapshot per service it touches. One caller at a time.</summary>
    internal void Publish(IReadOnlyList<Change> batch)
    {
        if (batch.Count == 0)
            return;
        lock (_writer)
            PublishBatch(batch);
    }

    private void PublishBatch(IReadOnlyList<Change> batch)
    {
        var last = batch[^1].Revision;
        Volatile.Write(ref _head, last);
        for (var i = 0; i < batch.Count; i++)
        {
            _log.Add(batch[i]);
            ChangesOf(batch[i].Key.Service).Add(batch[i]);
        }

        foreach (var (service, changes) in _batch)
            Set(service, changes);
        Volatile.Write(ref _revision, last);
        foreach (var (service, changes) in _batch)
        {
            _entries[service].Changed.Raise();
            changes.Clear();
            _spare.Push(changes);
        }

        _batch.Clear();
        _log.Publish(last);
        Forget(DateTimeOffset.MinValue);
    }

    /// <summary>Releases who waits, with what is there; who comes later does not wait.</summary>
    internal void Close()
    {
        Volatile.Write(ref _closed, true);
        foreach (var (_, entry) in _entries)
            entry.Changed.Raise();
        _log.Close();
    }

    private async ValueTask<ServiceSnapshot> WaitAsync(string service, long revision, CancellationToken cancellationToken)
    {
        ServiceEntry entry;
        while (!(entry = Entry(service)).TryEnter())
            Remove(service, entry);
        try
        {
            while (true)
            {
                var changed = entry.Changed.Next();
                if (IsNews(entry.Current, revision, out var answer) || Volatile.Read(ref _closed))
                    return answer;
                await changed.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            if (entry.Leave())
                Remove(service, entry);
        }
    }

    private bool IsNews(ServiceSnapshot current, long revision, out ServiceSnapshot answer)
    {
        answer = current;
        if (current.IsKnown)
            return current.Revision > revision || revision > Head;
        // Nothing is known of the service, but what was known may have been forgotten after the caller last looked.
        var forgotten = Volatile.Read(ref _forgotten);
        answer = ServiceSnapshot.Unknown(current.Service, forgotten);
        return (revision != 0 && revision < forgotten) || revision > Head;
    }

    private void Set(string service, List<Change> changes)
    {
        var (revision, time) = (changes[^1].Revision, changes[^1].Time);
        ServiceEntry entry;
        ServiceSnapshot before;
        ServiceSnapshot snapshot;
        do
        {
            entry = Entry(service);
            before = entry.Current;
            snapshot = new(service, revision, SnapshotBuilder.Merge(before.Instances, changes), time);
        }
        while (!TrySet(entry, snapshot));
        if (before.IsKnown && before.Instances.IsEmpty)
            _emptied.Remove(before.Revision);
        if (snapshot.Instances.IsEmpty)
            _emptied.Add(new EmptiedService(service, revision, time));
    }

    private bool TrySet(ServiceEntry entry, ServiceSnapshot snapshot)
    {
        if (entry.TrySet(snapshot))
            return true;
        Remove(snapshot.Service, entry);
        return false;
    }

    private void Forget(DateTimeOffset before)
    {
        while (_emptied.TryTakeOldest(MaxEmptyServices, before, out var oldest))
        {
            // First the floor, then the fact: who finds nothing must find the floor.
            Volatile.Write(ref _forgotten, Math.Max(_forgotten, oldest.Revision));
            if (_entries.TryGetValue(oldest.Service, out var entry) && entry.TryForget(oldest.Revision))
                Remove(oldest.Service, entry);
        }
    }

    internal ServiceEntry Entry(string service) => _entries.GetOrAdd(service, static name => new ServiceEntry(name));

    // By whoever meets an entry that was dropped, so that nobody has to wait for the one who dropped it.
    private void Remove(string service, ServiceEntry entry) => _entries.TryRemove(new(service, entry));

    private List<Change> ChangesOf(string service)
    {
        if (!_batch.TryGetValue(service, out var changes))
            _batch.Add(service, changes = _spare.TryPop(out var spare) ? spare : []);
        return changes;
    }
}
