using System.Text.Json.Nodes;
using Rollcall.TestKube.Api;
using Rollcall.TestKube.Objects;
using Rollcall.TestKube.Storage;

namespace Rollcall.TestKube.Controllers;

/// <summary>The loop of all stand-ins: after each change, what the namespaces it touched need next; then sleep until something changes or a pod is due.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private const int Names = 27 * 27 * 27 * 27 * 27;

    private readonly ObjectStore _store;
    private readonly ClusterOptions _options;
    private readonly TimeProvider _time;
    private readonly Deletion _deletion;
    private readonly Kubelet _kubelet;
    private readonly CancellationTokenSource _stop = new();
    private long _seen = -1;
    private int _sliceNumber = 1;

    public Cluster(ObjectStore store, ClusterOptions options, TimeProvider time)
    {
        (_store, _options, _time) = (store, options, time);
        _deletion = new Deletion(store, time, hasKubelet: true);
        _kubelet = new Kubelet(store, options, time);
        Running = Task.Run(RunAsync);
    }

    /// <summary>Ends when stopped, or with what went wrong.</summary>
    public Task Running { get; }

    /// <summary>Also throws what went wrong, if anything did.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var due = new Dictionary<string, long?>(StringComparer.Ordinal);
        try
        {
            while (true)
            {
                var changed = _store.Changed;
                foreach (var @namespace in Touched(due))
                    due[@namespace] = Reconcile(@namespace);
                if (changed.IsCompleted)
                    continue;
                using var waking = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                var next = due.Values.Min();
                var timer = Task.Delay(next is { } at ? Until(at) : Timeout.InfiniteTimeSpan, _time, waking.Token);
                await Task.WhenAny(changed, timer);
                await waking.CancelAsync();
                _stop.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The end.
        }
    }

    private TimeSpan Until(long timestamp) => _time.GetElapsedTime(Math.Min(_time.GetTimestamp(), timestamp), timestamp);

    // Namespaces with a change since the last look, and those in which a pod waits for its time.
    private IReadOnlyCollection<string> Touched(Dictionary<string, long?> due)
    {
        var everything = () => _store.All(ApiResource.Namespaces).Select(static item => item.Name);
        var touched = due.Where(static item => item.Value is not null).Select(static item => item.Key).ToHashSet(StringComparer.Ordinal);
        try
        {
            var events = _store.After(_seen);
            _seen = events.UpTo;
            touched.UnionWith(events.Events.Select(static change => change.Object.Namespace).Where(static name => name.Length > 0));
            if (events.Events.Any(static change => change.Object.Resource.Kind == "Node"))
                touched.UnionWith(everything());
        }
        catch (ApiStatusException)
        {
            _seen = _store.ResourceVersion;
            touched.UnionWith(everything());
        }

        return touched;
    }

    private long? Reconcile(string @namespace)
    {
        try
        {
            foreach (var set in _store.All(ApiResource.StatefulSets, @namespace))
                Reconcile(set);
            long? due = null;
            foreach (var pod in Pods(@namespace))
                due = _kubelet.Step(pod) is { } at && (due is null || at < due) ? at : due;
            var pods = Pods(@namespace);
            var zones = Zones();
            foreach (var service in _store.All(ApiResource.Services, @namespace))
                Reconcile(service, pods, zones);
            RemoveOrphans(@namespace);
            return due;
        }
        catch (ApiStatusException)
        {
            // Somebody else was quicker; their change brings us here again.
            return null;
        }
    }

    private void Reconcile(StoredObject set)
    {
        var uid = set.Metadata["uid"]!.GetValue<string>();
        var plan = new StatefulSetPlan(set, Pods(set.Namespace).Where(pod =>
            (pod.Stored.Metadata["ownerReferences"] as JsonArray ?? []).Any(owner => owner!["uid"]?.GetValue<string>() == uid)));
        var (create, delete) = plan.Next();
        foreach (var pod in create)
            _store.Create(ApiResource.Pods, pod);
        foreach (var pod in delete)
            _deletion.Begin(pod.Stored, null);
        _store.Change(ApiResource.StatefulSets, set.Namespace, set.Name, json => json["status"] = plan.Status());
    }

    private void Reconcile(StoredObject service, IReadOnlyList<PodView> pods, Dictionary<string, string> zones)
    {
        // Without a selector its endpoints are somebody else's.
        if (LabelSelector.FromMap(service.Body["spec"]?["selector"] as JsonObject) is not { } selector)
            return;
        var selected = pods.Where(pod => selector.Fits(pod.Stored.Labels)).ToArray();
        _store.Put(ApiResource.Endpoints, EndpointsBuilder.Build(service, selected));
        var existing = SlicesOf(service.Namespace).Where(slice => slice.Labels![SliceBuilder.ServiceLabel]?.GetValue<string>() == service.Name).ToArray();
        var wanted = new SliceBuilder(service, zones, _options.MaxEndpointsPerSlice).Build(selected, [.. existing.Select(static slice => slice.ToJson())], () => NewName(service.Name));
        foreach (var slice in wanted)
            _store.Put(ApiResource.EndpointSlices, slice);
        var kept = wanted.Select(static slice => slice["metadata"]!["name"]!.GetValue<string>()).ToHashSet(StringComparer.Ordinal);
        foreach (var slice in existing.Where(slice => !kept.Contains(slice.Name)))
            _store.TryDelete(ApiResource.EndpointSlices, slice.Namespace, slice.Name);
    }

    // Slices of services that are gone; those somebody else manages stay.
    private void RemoveOrphans(string @namespace)
    {
        foreach (var slice in SlicesOf(@namespace))
        {
            var service = slice.Labels![SliceBuilder.ServiceLabel]?.GetValue<string>() ?? "";
            if (_store.Find(ApiResource.Services, @namespace, service) is not null)
                continue;
            _store.TryDelete(ApiResource.EndpointSlices, @namespace, slice.Name);
            _store.TryDelete(ApiResource.Endpoints, @namespace, service);
        }
    }

    private IEnumerable<StoredObject> SlicesOf(string @namespace) =>
        _store.All(ApiResource.EndpointSlices, @namespace).Where(static slice => slice.Labels?[SliceBuilder.ManagedByLabel]?.GetValue<string>() == SliceBuilder.Controller);

    private PodView[] Pods(string @namespace) => [.. _store.All(ApiResource.Pods, @namespace).Select(static pod => new PodView(pod))];

    private Dictionary<string, string> Zones() => _store.All(ApiResource.Nodes)
        .Where(static node => node.Labels?["topology.kubernetes.io/zone"] is not null)
        .ToDictionary(static node => node.Name, static node => node.Labels!["topology.kubernetes.io/zone"]!.GetValue<string>(), StringComparer.Ordinal);

    // Five letters, as the API server appends to a generated name.
    private string NewName(string service)
    {
        const string Letters = "bcdfghjklmnpqrstvwxz2456789";
        // Multiplied by a prime that the number of names does not contain, so that neighbours look nothing alike and none comes twice.
        var rest = (long)(_sliceNumber++ % Names) * 7_654_321 % Names;
        var suffix = new char[5];
        for (var i = 0; i < suffix.Length; i++, rest /= Letters.Length)
            suffix[i] = Letters[(int)(rest % Letters.Length)];
        return $"{service}-{new string(suffix)}";
    }
}
