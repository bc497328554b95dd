using System.Diagnostics.Metrics;
using Rollcall.Registry.Catalogs;
using Rollcall.Registry.Watchers;

namespace Rollcall.Registry.Engine;

/// <summary>What the registry holds, counted when somebody measures.</summary>
internal sealed class RegistryMetrics
{
    private readonly Catalog _catalog;

    public RegistryMetrics(IMeterFactory meters, Catalog catalog, WatcherTable watchers)
    {
        _catalog = catalog;
        var meter = meters.Create("Rollcall.Registry");
        meter.CreateObservableGauge("rollcall.registry.services", () => catalog.Services.Count, "{service}", "Services that have instances.");
        meter.CreateObservableGauge("rollcall.registry.instances", CountInstances, "{instance}", "Instances by state.");
        meter.CreateObservableGauge("rollcall.registry.watchers", () => watchers.TotalCount, "{watcher}", "Live watchers.");
        meter.CreateObservableCounter(
            "rollcall.registry.watchers.untracked",
            () => watchers.UntrackedRequests,
            "{request}",
            "Requests of watchers that were not listed because the table was full.");
    }

    private Measurement<int>[] CountInstances()
    {
        int ready = 0, draining = 0, notReady = 0;
        foreach (var service in _catalog.Services)
        {
            foreach (var instance in service.Instances)
            {
                switch (instance.State)
                {
                    case EndpointState.Ready:
                        ready++;
                        break;
                    case EndpointState.Draining:
                        draining++;
                        break;
                    default:
                        notReady++;
                        break;
                }
            }
        }

        return
        [
            new(ready, new KeyValuePair<string, object?>("state", "ready")),
            new(draining, new KeyValuePair<string, object?>("state", "draining")),
            new(notReady, new KeyValuePair<string, object?>("state", "not-ready")),
        ];
    }
}
