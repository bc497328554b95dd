using System.Diagnostics.Metrics;
using Rollcall.Registry.Catalogs;

namespace Rollcall.Node.Live;

/// <summary>Discovery by the names that the screens of an emulator cluster know.</summary>
internal sealed class LiveMetrics
{
    private readonly Counter<long> _calls;
    private readonly Histogram<double> _duration;

    public LiveMetrics(IMeterFactory meters, Catalog catalog)
    {
        var meter = meters.Create("Rollcall.Discovery");
        meter.CreateObservableGauge("discovery.instances.total", () => Each(catalog, static service => service.Instances.Length), description: "Instances of a service.");
        meter.CreateObservableGauge("discovery.instances.ready", () => Each(catalog, static service => StateCounts.Of(service).Ready), description: "Instances of a service that are ready.");
        _calls = meter.CreateCounter<long>("discovery.api.calls", "{call}", "Requests for live instances.");
        _duration = meter.CreateHistogram<double>("discovery.api.duration", "s", "Seconds that they took.");
    }

    public void Called(TimeSpan took)
    {
        _calls.Add(1);
        _duration.Record(took.TotalSeconds);
    }

    private static IEnumerable<Measurement<int>> Each(Catalog catalog, Func<ServiceSnapshot, int> count) =>
        catalog.KnownServices.Select(service => new Measurement<int>(count(service), new KeyValuePair<string, object?>("service", service.Service)));
}
