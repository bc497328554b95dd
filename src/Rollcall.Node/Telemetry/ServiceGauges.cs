using Rollcall.Registry.Catalogs;
using Rollcall.Registry.Watchers;

namespace Rollcall.Node.Telemetry;

/// <summary>What is told of each service; read from the catalog when asked, so that nothing is kept for it. One that nobody is left of is told as 0 while it is remembered: an alarm on it must not end by itself.</summary>
internal static class ServiceGauges
{
    /// <summary>Writes the gauges of every service.</summary>
    public static void Write(PrometheusText text, Catalog catalog, WatcherTable watchers)
    {
        var services = catalog.KnownServices.OrderBy(static service => service.Service, StringComparer.Ordinal).ToArray();
        text.Write("rollcall_revision", "The node's revision.", SeriesKind.Gauge, catalog.Revision);
        text.Begin("rollcall_service_instances", "Instances of a service by state.", SeriesKind.Gauge);
        foreach (var service in services)
        {
            var counts = StateCounts.Of(service);
            text.Sample("rollcall_service_instances", counts.Ready, ("service", service.Service), ("state", "ready"));
            text.Sample("rollcall_service_instances", counts.NotReady, ("service", service.Service), ("state", "not-ready"));
            text.Sample("rollcall_service_instances", counts.Draining, ("service", service.Service), ("state", "draining"));
        }

        text.Begin("rollcall_service_revision", "Revision of a service's last change.", SeriesKind.Gauge);
        foreach (var service in services)
            text.Sample("rollcall_service_revision", service.Revision, ("service", service.Service));
        text.Begin("rollcall_service_watchers", "Live watchers of a service.", SeriesKind.Gauge);
        foreach (var service in services)
            text.Sample("rollcall_service_watchers", watchers.Count(service.Service), ("service", service.Service));
        text.Begin("rollcall_service_watch_behind", "Live watchers of a service that have not applied its last change.", SeriesKind.Gauge);
        foreach (var service in services)
            text.Sample("rollcall_service_watch_behind", Behind(service, watchers), ("service", service.Service));
        text.Begin("rollcall_service_watch_lag", "Revisions between a service's last change and what its slowest live watcher has applied.", SeriesKind.Gauge);
        foreach (var service in services)
            text.Sample("rollcall_service_watch_lag", Lag(service, watchers), ("service", service.Service));
    }

    private static int Behind(ServiceSnapshot service, WatcherTable watchers)
    {
        var behind = 0;
        if (watchers.Count(service.Service) == 0)
            return behind;
        foreach (var watcher in watchers.GetWatchers(service.Service))
            behind += watcher.Applied < service.Revision ? 1 : 0;
        return behind;
    }

    private static long Lag(ServiceSnapshot service, WatcherTable watchers)
    {
        var lag = 0L;
        if (watchers.Count(service.Service) == 0)
            return lag;
        foreach (var watcher in watchers.GetWatchers(service.Service))
            lag = Math.Max(lag, service.Revision - watcher.Applied);
        return lag;
    }
}
