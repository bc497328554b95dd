using Rollcall.Kubernetes.Mapping;
using Rollcall.Kubernetes.Objects;
using Rollcall.Kubernetes.Reflecting;

namespace Rollcall.Kubernetes.Reading;

/// <summary>The pods that a selector chooses, that of the target or that of the service.</summary>
internal sealed class PodsView : TargetView
{
    private readonly ReflectorLease<PodObject> _podsLease;
    private readonly ReflectorLease<ServiceObject>? _servicesLease;
    private readonly Follower<PodObject> _pods;
    private readonly Follower<ServiceObject>? _services;
    private readonly EndpointMapper _mapper;
    private readonly TargetWords _words;
    private readonly IReadOnlyCollection<string> _labels;
    private readonly Dictionary<string, PodObject> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _withoutPort = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, PodObject?>> _changes = [];
    private readonly List<KeyValuePair<string, ServiceObject?>> _serviceChanges = [];
    private LabelSelector? _selector;
    private ServiceObject? _service;
    private bool _servicesKnown;

    /// <param name="pods">All pods of the namespace.</param>
    /// <param name="services">Its services, where the service's selector is to choose; null when <paramref name="selector"/> does.</param>
    /// <param name="selector">Which pods; null for those of the service.</param>
    /// <param name="mapper">Makes endpoints of them.</param>
    /// <param name="words">The target.</param>
    /// <param name="labels">Labels that endpoints carry.</param>
    /// <param name="zones">Which come first.</param>
    public PodsView(
        ReflectorLease<PodObject> pods, ReflectorLease<ServiceObject>? services, LabelSelector? selector, EndpointMapper mapper, TargetWords words,
        IReadOnlyCollection<string> labels, ZonePreference zones)
        : base(zones)
    {
        _podsLease = pods;
        _servicesLease = services;
        _selector = selector;
        _mapper = mapper;
        _words = words;
        _labels = labels;
        _pods = pods.Store.Follow("", Notify, words.Who);
        _services = services?.Store.Follow(words.Service, Notify, words.Who);
        List = new MergedList(zones.Apply);
    }

    protected override MergedList List { get; }

    public override async ValueTask DisposeAsync()
    {
        _pods.Dispose();
        _services?.Dispose();
        await _podsLease.DisposeAsync();
        if (_servicesLease is not null)
            await _servicesLease.DisposeAsync();
    }

    protected override bool Update()
    {
        var podsKnown = _pods.TryTake(_changes);
        var serviceChanged = TakeService();
        if (!podsKnown || !_servicesKnown)
            return false;
        foreach (var (name, pod) in _changes)
        {
            if (pod is null)
                _known.Remove(name);
            else
                _known[name] = pod;
            if (!serviceChanged)
                Map(name, pod);
        }

        _changes.Clear();
        if (serviceChanged)
            MapAll();
        return _withoutPort.Count > 0 && !List.HasAny ? throw _words.NoSuchPort(_withoutPort.Values) : true;
    }

    private bool TakeService()
    {
        if (_services is null)
        {
            _servicesKnown = true;
            return false;
        }

        if (!_services.TryTake(_serviceChanges))
            return false;
        _servicesKnown = true;
        var changed = false;
        foreach (var (_, service) in _serviceChanges)
        {
            _service = service;
            // A service without a selector means no pods of its own accord.
            _selector = service is { Selector.Count: > 0 } ? LabelSelector.FromLabels(service.Selector) : null;
            changed = true;
        }

        _serviceChanges.Clear();
        return changed;
    }

    private void MapAll()
    {
        foreach (var name in _withoutPort.Keys.Concat(List.Objects).Except(_known.Keys, StringComparer.Ordinal).ToArray())
            Map(name, null);
        foreach (var (name, pod) in _known)
            Map(name, pod);
    }

    private void Map(string name, PodObject? pod)
    {
        var mapped = pod is not null && _selector is not null && _selector.Matches(pod.Meta.Labels) ? _mapper.Map(pod, _service) : new MappedObject([]);
        List.Set(name, [.. mapped.Copies.Select(copy => copy with { Endpoint = PodDetails.Of(pod!, _labels).AddTo(copy.Endpoint) })]);
        if (mapped.MissingPort is null)
            _withoutPort.Remove(name);
        else
            _withoutPort[name] = mapped.MissingPort;
    }
}
