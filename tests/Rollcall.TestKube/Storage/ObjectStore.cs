using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Rollcall.TestKube.Objects;

namespace Rollcall.TestKube.Storage;

/// <summary>
/// What the API server keeps in etcd: objects by resource, namespace and name, one resource version over all of them, and the changes of the recent past.
/// Thread-safe.
/// </summary>
/// <param name="time">For creation times.</param>
/// <param name="historyLimit">Changes kept; a watch from before them is told 410 Gone.</param>
public sealed class ObjectStore(TimeProvider time, int historyLimit = 10_000)
{
    // Lists under way at once; older ones expire as they do when etcd compacts.
    private const int MaxSnapshots = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ImmutableSortedDictionary<string, StoredObject>> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Resource, long ResourceVersion), ImmutableSortedDictionary<string, StoredObject>> _snapshots = [];
    private readonly List<StoreEvent> _history = [];
    private TaskCompletionSource _changed = NewSignal();
    private long _resourceVersion = 1000;
    private long _horizon = 1000;

    /// <summary>The latest revision; it grows with each change of anything.</summary>
    public long ResourceVersion
    {
        get
        {
            lock (_gate)
                return _resourceVersion;
        }
    }

    /// <summary>Completes at the next change.</summary>
    internal Task Changed
    {
        get
        {
            lock (_gate)
                return _changed.Task;
        }
    }

    /// <summary>The object, or null.</summary>
    public StoredObject? Find(ApiResource resource, string @namespace, string name)
    {
        ArgumentNullException.ThrowIfNull(resource);
        lock (_gate)
            return Of(resource).GetValueOrDefault(StoredObject.KeyOf(@namespace, name));
    }

    /// <exception cref="ApiStatusException">It does not exist.</exception>
    public StoredObject Get(ApiResource resource, string @namespace, string name) =>
        Find(resource, @namespace, name) ?? throw ApiStatusException.NotFound(resource, name);

    /// <summary>All objects of a resource, in a namespace or everywhere.</summary>
    public IReadOnlyList<StoredObject> All(ApiResource resource, string? @namespace = null)
    {
        ArgumentNullException.ThrowIfNull(resource);
        lock (_gate)
            return [.. Of(resource).Values.Where(stored => @namespace is null || stored.Namespace == @namespace)];
    }

    /// <exception cref="ApiStatusException">It exists already.</exception>
    public StoredObject Create(ApiResource resource, JsonObject json) => Write(resource, json, (name, existing) =>
    {
        if (existing is not null)
            throw ApiStatusException.AlreadyExists(resource, name);
    });

    /// <summary>Replaces it. A resource version in the metadata must be the current one.</summary>
    /// <exception cref="ApiStatusException">It does not exist, or has changed since.</exception>
    public StoredObject Update(ApiResource resource, JsonObject json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var expected = json["metadata"]?["resourceVersion"]?.GetValue<string>();
        return Write(resource, json, (name, existing) =>
        {
            if (existing is null)
                throw ApiStatusException.NotFound(resource, name);
            if (!string.IsNullOrEmpty(expected) && expected != StoredObject.Text(existing.ResourceVersion))
                throw ApiStatusException.Conflict(resource, name);
        });
    }

    /// <summary>Creates or replaces it, whatever there was.</summary>
    public StoredObject Put(ApiResource resource, JsonObject json) => Write(resource, json, static (_, _) => { });

    /// <summary>Replaces it by what <paramref name="change"/> makes of a copy of its current state.</summary>
    /// <exception cref="ApiStatusException">It does not exist.</exception>
    public StoredObject Change(ApiResource resource, string @namespace, string name, Action<JsonObject> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        while (true)
        {
            var json = Get(resource, @namespace, name).ToJson();
            change(json);
            try
            {
                return Update(resource, json);
            }
            catch (ApiStatusException error) when (error.Reason == "Conflict")
            {
                // Somebody was quicker: once more, on what they made of it.
            }
        }
    }

    /// <summary>Takes it away. Watchers are told its last state under the revision of its end.</summary>
    /// <exception cref="ApiStatusException">It does not exist.</exception>
    public StoredObject Delete(ApiResource resource, string @namespace, string name) =>
        TryDelete(resource, @namespace, name) ?? throw ApiStatusException.NotFound(resource, name);

    /// <summary>The same; null where it does not exist.</summary>
    public StoredObject? TryDelete(ApiResource resource, string @namespace, string name)
    {
        ArgumentNullException.ThrowIfNull(resource);
        StoredObject gone;
        TaskCompletionSource changed;
        lock (_gate)
        {
            var objects = Of(resource);
            var key = StoredObject.KeyOf(@namespace, name);
            if (!objects.TryGetValue(key, out var existing))
                return null;
            _objects[resource.QualifiedName] = objects.Remove(key);
            gone = existing.At(++_resourceVersion);
            changed = Record(new(StoreEventKind.Deleted, gone, existing));
        }

        changed.SetResult();
        return gone;
    }

    /// <summary>Forgets the past, as etcd does every few minutes: watches from before now are told 410 Gone, lists under way expire.</summary>
    public void Compact()
    {
        lock (_gate)
        {
            _history.Clear();
            _snapshots.Clear();
            _horizon = _resourceVersion;
        }
    }

    internal ListPage List(Selection selection, ListOptions options)
    {
        ImmutableSortedDictionary<string, StoredObject> objects;
        long at;
        string? after = null;
        lock (_gate)
        {
            if (options.ResourceVersion > _resourceVersion)
                throw ApiStatusException.TooLarge(options.ResourceVersion, _resourceVersion);
            at = options.IsExact ? options.ResourceVersion : _resourceVersion;
            if (options.Continue is { Length: > 0 } text)
            {
                var token = ContinueToken.Parse(text);
                after = token.After;
                at = token.ResourceVersion == ContinueToken.Inconsistent ? _resourceVersion : token.ResourceVersion;
            }

            if (at == _resourceVersion)
                objects = Of(selection.Resource);
            else if (!_snapshots.TryGetValue((selection.Resource.QualifiedName, at), out objects!))
                throw after is null ? ApiStatusException.ExactExpired() : ApiStatusException.ContinueExpired(new ContinueToken(ContinueToken.Inconsistent, after).ToString());
            if (options.Limit > 0)
                Remember(selection.Resource, at, objects);
        }

        return Page(selection, objects, at, after, options.Limit);
    }

    /// <summary>Changes after a revision.</summary>
    /// <exception cref="ApiStatusException">That revision is compacted away.</exception>
    internal StoreEvents After(long resourceVersion)
    {
        lock (_gate)
        {
            if (resourceVersion < _horizon)
                throw ApiStatusException.TooOld(resourceVersion, _horizon);
            var first = _history.Count;
            while (first > 0 && _history[first - 1].ResourceVersion > resourceVersion)
                first--;
            return new(_history.GetRange(first, _history.Count - first), Math.Max(_resourceVersion, resourceVersion));
        }
    }

    private static ListPage Page(Selection selection, ImmutableSortedDictionary<string, StoredObject> objects, long at, string? after, int limit)
    {
        var fitting = objects
            .Where(item => after is null || string.CompareOrdinal(item.Key, after) > 0)
            .Select(static item => item.Value)
            .Where(selection.Fits)
            .ToList();
        if (limit <= 0 || fitting.Count <= limit)
            return new(fitting, at, null, null);
        var page = fitting.GetRange(0, limit);
        return new(page, at, new ContinueToken(at, page[^1].Key).ToString(), fitting.Count - limit);
    }

    private StoredObject Write(ApiResource resource, JsonObject json, Action<string, StoredObject?> check)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(json);
        var stored = resource == ApiResource.EndpointSlicesV1Beta1 ? ApiResource.EndpointSlices : resource;
        var body = stored == resource ? (JsonObject)json.DeepClone() : EndpointSliceVersions.FromV1Beta1(json);
        body.Remove("kind");
        body.Remove("apiVersion");
        var metadata = body["metadata"] as JsonObject ?? throw ApiStatusException.BadRequest("metadata is missing");
        var name = metadata["name"]?.GetValue<string>() ?? throw ApiStatusException.BadRequest("name must be provided");
        var key = StoredObject.KeyOf(metadata["namespace"]?.GetValue<string>() ?? "", name);
        StoredObject written;
        TaskCompletionSource changed;
        lock (_gate)
        {
            var objects = Of(stored);
            objects.TryGetValue(key, out var existing);
            check(name, existing);
            ObjectIdentity.Complete(body, existing?.Body, time.GetUtcNow());
            if (existing is not null && ObjectIdentity.IsSame(body, existing.Body))
                return existing; // the API server writes nothing when nothing changes
            written = new StoredObject(stored, body, ++_resourceVersion);
            _objects[stored.QualifiedName] = objects.SetItem(key, written);
            changed = Record(new(existing is null ? StoreEventKind.Added : StoreEventKind.Modified, written, existing));
        }

        changed.SetResult();
        return written;
    }

    // The signal to complete once the gate is open again: those who wait must find it so.
    private TaskCompletionSource Record(StoreEvent change)
    {
        _history.Add(change);
        if (_history.Count > historyLimit * 2)
        {
            _horizon = _history[_history.Count - historyLimit - 1].ResourceVersion;
            _history.RemoveRange(0, _history.Count - historyLimit);
        }

        var changed = _changed;
        _changed = NewSignal();
        return changed;
    }

    private void Remember(ApiResource resource, long at, ImmutableSortedDictionary<string, StoredObject> objects)
    {
        _snapshots[(resource.QualifiedName, at)] = objects;
        if (_snapshots.Count > MaxSnapshots)
            _snapshots.Remove(_snapshots.Keys.MinBy(static key => key.ResourceVersion));
    }

    private ImmutableSortedDictionary<string, StoredObject> Of(ApiResource resource) =>
        _objects.GetValueOrDefault(resource.QualifiedName) ?? ImmutableSortedDictionary.Create<string, StoredObject>(StringComparer.Ordinal);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
