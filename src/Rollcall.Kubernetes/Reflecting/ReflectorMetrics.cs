using System.Diagnostics.Metrics;

namespace Rollcall.Kubernetes.Reflecting;

/// <summary>What was asked of clusters.</summary>
internal sealed class ReflectorMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Rollcall.Kubernetes";

    private readonly Counter<long> _requests;
    private readonly Counter<long> _events;
    private readonly UpDownCounter<long> _watches;
    private readonly Histogram<double> _listTime;

    public ReflectorMetrics(IMeterFactory? meters)
    {
        // Without a factory the meter has no listener and costs nothing.
        var meter = meters?.Create(MeterName) ?? new Meter(MeterName);
        _requests = meter.CreateCounter<long>("rollcall.kubernetes.requests", "{request}", "Requests to API servers, by resource, verb and outcome.");
        _events = meter.CreateCounter<long>("rollcall.kubernetes.events", "{event}", "Events of watches, by resource.");
        _watches = meter.CreateUpDownCounter<long>("rollcall.kubernetes.watches", "{watch}", "Watches that are open now, by resource.");
        _listTime = meter.CreateHistogram<double>("rollcall.kubernetes.list.duration", "s", "How long it took to list a collection, all pages, by resource.");
    }

    /// <summary>A request was answered or not; <paramref name="outcome"/> is one of ok, expired, throttled, refused, failed.</summary>
    public void Asked(string resource, string verb, string outcome) =>
        _requests.Add(1, new("rollcall.resource", resource), new("rollcall.verb", verb), new("rollcall.outcome", outcome));

    public void Event(string resource) => _events.Add(1, new KeyValuePair<string, object?>("rollcall.resource", resource));

    public void WatchBegan(string resource) => _watches.Add(1, new KeyValuePair<string, object?>("rollcall.resource", resource));

    public void WatchEnded(string resource) => _watches.Add(-1, new KeyValuePair<string, object?>("rollcall.resource", resource));

    public void Listed(string resource, TimeSpan took) => _listTime.Record(took.TotalSeconds, new KeyValuePair<string, object?>("rollcall.resource", resource));
}
