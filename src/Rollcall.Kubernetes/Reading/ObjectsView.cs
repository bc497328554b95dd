using Rollcall.Kubernetes.Mapping;
using Rollcall.Kubernetes.Objects;
using Rollcall.Kubernetes.Reflecting;

namespace Rollcall.Kubernetes.Reading;

/// <summary>The endpoints of a service from its slices or from its endpoints. Only an object that has changed is mapped anew.</summary>
internal sealed class ObjectsView<T> : TargetView
    where T : KubernetesObject
{
    private readonly ReflectorLease<T> _lease;
    private readonly Follower<T> _objects;
    private readonly Func<T, MappedObject> _map;
    private readonly PodFollower? _pods;
    private readonly TargetWords _words;
    private readonly Dictionary<string, IReadOnlyList<string>> _withoutPort = new(StringComparer.Ordinal);
    private readonly HashSet<string> _truncated = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, T?>> _changes = [];

    public ObjectsView(ReflectorLease<T> lease, Func<T, MappedObject> map, TargetWords words, ZonePreference zones, Func<Action, PodFollower?> followPods)
        : base(zones)
    {
        _lease = lease;
        _map = map;
        _words = words;
        _objects = lease.Store.Follow(words.Service, Notify, words.Who);
        _pods = followPods(Notify);
        List = new MergedList(endpoint => zones.Apply(_pods?.AddTo(endpoint) ?? endpoint));
    }

    protected override MergedList List { get; }

    protected override string? Shortcoming =>
        _words.Shortcoming ?? (_truncated.Count > 0 ? "the cluster left endpoints out, because there are more than 1,000; read endpoint slices instead" : null);

    public override async ValueTask DisposeAsync()
    {
        _objects.Dispose();
        if (_pods is not null)
            await _pods.DisposeAsync();
        await _lease.DisposeAsync();
    }

    protected override bool Update()
    {
        if (!_objects.TryTake(_changes))
            return false;
        foreach (var (name, item) in _changes)
            Take(name, item);
        _changes.Clear();
        _pods?.Take(List);
        if (_pods is not null && !_pods.IsSettled())
            return false;
        return _withoutPort.Count > 0 && !List.HasAny ? throw _words.NoSuchPort(_withoutPort.Values) : true;
    }

    private void Take(string name, T? item)
    {
        var mapped = item is null ? new MappedObject([]) : _map(item);
        List.Set(name, mapped.Copies);
        if (mapped.MissingPort is null)
            _withoutPort.Remove(name);
        else
            _withoutPort[name] = mapped.MissingPort;
        if (mapped.IsTruncated)
            _truncated.Add(name);
        else
            _truncated.Remove(name);
    }
}

/// <summary>What a view says of its target.</summary>
/// <param name="Target">The target.</param>
/// <param name="Service">The service's name.</param>
/// <param name="Wanted">The port asked for.</param>
/// <param name="Shortcoming">Why something second-best is read; null when it is not.</param>
/// <param name="Who">On whose behalf objects are followed; see <see cref="ObjectStore{T}.Follow"/>.</param>
internal sealed record TargetWords(ServiceTarget Target, string Service, WantedPort? Wanted, string? Shortcoming = null, object? Who = null)
{
    /// <summary>The port asked for is not among those that exist.</summary>
    public DiscoveryException NoSuchPort(IEnumerable<IReadOnlyList<string>> existing)
    {
        var names = existing.SelectMany(static list => list).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        return new DiscoveryException(
            $"Discovering {Target} failed: no endpoint of {Service} has a port '{Wanted}'; there are: {(names.Length == 0 ? "none" : string.Join(", ", names))}. "
            + "Name one of these (numbers are those of the pods, not of the service), or leave the port out.");
    }
}
