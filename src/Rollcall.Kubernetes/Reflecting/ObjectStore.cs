using System.Collections.Immutable;
using Rollcall.Kubernetes.Objects;

namespace Rollcall.Kubernetes.Reflecting;

/// <summary>
/// The objects of one collection, by name and by key, and who follows which key. One writer, the reflector; followers are told which objects changed
/// and read them when they get round to it, so a slow one misses what lies between.
/// </summary>
internal sealed class ObjectStore<T>
    where T : KubernetesObject
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<string, T>> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Follower<T>>> _followers = new(StringComparer.Ordinal);
    private Dictionary<string, T> _byName = new(StringComparer.Ordinal);
    private readonly HashSet<object> _told = [];
    private Dictionary<string, T>? _staged;
    private bool _isSynced;
    private Exception? _failure;

    /// <summary>How many objects are published.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _byName.Count;
        }
    }

    /// <summary>Follows the objects of a key; dispose of it to stop.</summary>
    /// <param name="key">A service's name as a rule.</param>
    /// <param name="wake">Runs when there is something to take, on the reflector's flow; must not block.</param>
    /// <param name="who">
    /// On whose behalf: a newcomer is told of a failure that has already happened, but one who follows again because of that failure waits for the next news of it.
    /// Null for a newcomer in any case.
    /// </param>
    public Follower<T> Follow(string key, Action wake, object? who = null)
    {
        lock (_gate)
        {
            var follower = new Follower<T>(this, key, wake, who);
            if (_failure is not null && (who is null || _told.Add(who)))
                follower.Failure = _failure;
            if (!_followers.TryGetValue(key, out var list))
                _followers.Add(key, list = []);
            list.Add(follower);
            if (_byKey.TryGetValue(key, out var present))
                follower.Changed.UnionWith(present.Keys);
            return follower;
        }
    }

    /// <summary>Puts a page of a new list aside.</summary>
    public void Stage(ImmutableArray<T> items)
    {
        _staged ??= new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var item in items)
            _staged[item.Name] = item;
    }

    /// <summary>Forgets pages put aside.</summary>
    public void Unstage() => _staged = null;

    /// <summary>Lets the new list take the place of what is published.</summary>
    public void PublishStaged()
    {
        var next = _staged ?? new Dictionary<string, T>(StringComparer.Ordinal);
        _staged = null;
        lock (_gate)
        {
            var before = _byName;
            _byName = new Dictionary<string, T>(before.Count, StringComparer.Ordinal);
            foreach (var (name, item) in before)
            {
                if (next.TryGetValue(name, out var same) && same.Key == item.Key)
                    continue;
                Unlink(item);
                Mark(item);
            }

            foreach (var (name, item) in next)
            {
                // What has not changed stays the very object it was: nobody has to look at it again.
                if (before.TryGetValue(name, out var same) && same.Meta.ResourceVersion == item.Meta.ResourceVersion && same.Key == item.Key)
                    _byName.Add(name, same);
                else
                    Put(item);
            }
        }
    }

    /// <summary>An object is there now, new or changed.</summary>
    public void Set(T item)
    {
        lock (_gate)
        {
            if (_byName.TryGetValue(item.Name, out var before) && before.Key != item.Key)
            {
                Unlink(before);
                Mark(before);
            }

            Put(item);
        }
    }

    /// <summary>An object is gone.</summary>
    public void Remove(T item)
    {
        lock (_gate)
        {
            if (!_byName.Remove(item.Name, out var before))
                return;
            Unlink(before);
            Mark(before);
        }
    }

    /// <summary>What is published is current.</summary>
    public void SetSynced() => Tell(isSynced: true, failure: null);

    /// <summary>What is published may be out of date.</summary>
    public void SetFailed(Exception failure) => Tell(isSynced: false, failure);

    /// <summary>Takes a follower's changes; see <see cref="Follower{T}.TryTake"/>.</summary>
    internal bool TryTake(Follower<T> follower, List<KeyValuePair<string, T?>> changes)
    {
        lock (_gate)
        {
            if (follower.Failure is { } failure)
            {
                follower.Failure = null;
                throw failure is DiscoveryException ? failure : new DiscoveryException(failure.Message, failure);
            }

            if (!_isSynced)
                return false;
            foreach (var name in follower.Changed)
                changes.Add(KeyValuePair.Create(name, _byKey.TryGetValue(follower.Key, out var present) && present.TryGetValue(name, out var item) ? item : null));
            follower.Changed.Clear();
            return true;
        }
    }

    internal void Remove(Follower<T> follower)
    {
        lock (_gate)
        {
            if (_followers.TryGetValue(follower.Key, out var list) && list.Remove(follower) && list.Count == 0)
                _followers.Remove(follower.Key);
        }
    }

    private void Tell(bool isSynced, Exception? failure)
    {
        lock (_gate)
        {
            if (_isSynced == isSynced && failure is null)
                return;
            (_isSynced, _failure) = (isSynced, failure);
            _told.Clear();
            foreach (var follower in _followers.Values.SelectMany(static list => list))
            {
                follower.Failure = _failure;
                if (follower.Who is { } who && failure is not null)
                    _told.Add(who);
                follower.Wake();
            }
        }
    }

    private void Put(T item)
    {
        _byName[item.Name] = item;
        if (!_byKey.TryGetValue(item.Key, out var present))
            _byKey.Add(item.Key, present = new Dictionary<string, T>(StringComparer.Ordinal));
        present[item.Name] = item;
        Mark(item);
    }

    private void Unlink(T item)
    {
        if (_byKey.TryGetValue(item.Key, out var present) && present.Remove(item.Name) && present.Count == 0)
            _byKey.Remove(item.Key);
    }

    private void Mark(T item)
    {
        if (!_followers.TryGetValue(item.Key, out var list))
            return;
        foreach (var follower in list)
        {
            follower.Changed.Add(item.Name);
            follower.Wake();
        }
    }
}

/// <summary>One who follows the objects of a key.</summary>
internal sealed class Follower<T>(ObjectStore<T> store, string key, Action wake, object? who) : IDisposable
    where T : KubernetesObject
{
    public string Key => key;

    internal object? Who => who;

    // These two belong to the store's lock.
    internal HashSet<string> Changed { get; } = new(StringComparer.Ordinal);

    internal Exception? Failure { get; set; }

    /// <summary>
    /// Adds what has changed since the last time, gone objects as null. False, adding nothing, while the collection is not known to be current.
    /// </summary>
    /// <exception cref="DiscoveryException">It could not be kept current since the last time.</exception>
    public bool TryTake(List<KeyValuePair<string, T?>> changes) => store.TryTake(this, changes);

    public void Dispose() => store.Remove(this);

    internal void Wake() => wake();
}
