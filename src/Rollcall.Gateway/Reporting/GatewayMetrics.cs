using System.Diagnostics.Metrics;
using Rollcall.Gateway.Forwarding;
using Rollcall.Gateway.Reloading;
using Rollcall.Gateway.Statistics;
using Rollcall.Http.Resilience;

namespace Rollcall.Gateway.Reporting;

/// <summary>What a gateway counts anyway, told when somebody asks: nothing of it costs a request anything. Tags are names of the routes file.</summary>
internal sealed class GatewayMetrics
{
    private readonly GatewayRoutes _routes;

    public GatewayMetrics(IMeterFactory meters, GatewayRoutes routes, RoutesFollower follower)
    {
        _routes = routes;
        var meter = meters.Create(RequestDurations.MeterName);
        meter.CreateObservableGauge("rollcall.gateway.requests.in_flight", InFlight, "{request}", "Requests under way.");
        meter.CreateObservableCounter("rollcall.gateway.retries", Retries, "{retry}", "Tries beyond the first.");
        meter.CreateObservableCounter("rollcall.gateway.refused", Refused, "{request}", "Requests that were not forwarded, by what forbade it.");
        meter.CreateObservableCounter("rollcall.gateway.sessions", Sessions, "{request}", "Requests of routes with a cookie of affinity, by what became of their session.");
        meter.CreateObservableCounter("rollcall.gateway.mirrored", Mirrored, "{request}", "Requests that were to be copied, by what became of the copy.");
        meter.CreateObservableGauge("rollcall.gateway.breaker.open", Breakers, "{cluster}", "1 while the circuit breaker of a cluster lets nothing through but tries.");
        meter.CreateObservableGauge("rollcall.gateway.routes_file.refused", () => follower.Last?.Error is null ? 0 : 1, "{file}", "1 while the newest routes file is wrong and the one before in force.");
    }

    private IEnumerable<Measurement<long>> InFlight() => EachVersion(static statistics => statistics.InFlight);

    private IEnumerable<Measurement<long>> Retries() => EachVersion(static statistics => statistics.Retries);

    private IEnumerable<Measurement<long>> EachVersion(Func<TrafficStatistics, long> read) => _routes.Current.Routes.SelectMany(route => route.Splits.Select((split, i) =>
        new Measurement<long>(Math.Max(0, read(route.State.Versions[i])), new("route", route.Name), new KeyValuePair<string, object?>("version", split.Config.Version))));

    private IEnumerable<Measurement<long>> Refused()
    {
        foreach (var route in _routes.Current.Routes)
        {
            yield return Of(route.State.Limited, route, "reason", "rate");
            yield return Of(route.State.Shed, route, "reason", "concurrency");
        }

        if (_routes.Current.Overload is { } overload)
            yield return new(overload.Refused, new KeyValuePair<string, object?>("reason", "overload"));
    }

    private IEnumerable<Measurement<long>> Sessions()
    {
        foreach (var route in _routes.Current.Routes)
        {
            if (route.Config.Affinity?.Cookie is null)
                continue;
            yield return Of(route.State.Sessions.Kept, route, "result", "kept");
            yield return Of(route.State.Sessions.Begun, route, "result", "begun");
            yield return Of(route.State.Sessions.Moved, route, "result", "moved");
        }
    }

    private IEnumerable<Measurement<long>> Mirrored()
    {
        foreach (var route in _routes.Current.Routes)
        {
            if (route.Mirror is null)
                continue;
            var counts = route.State.Mirrored;
            yield return Of(counts.Sent, route, "result", "sent");
            yield return Of(counts.Failed, route, "result", "failed");
            yield return Of(counts.Skipped, route, "result", "skipped");
            yield return Of(counts.Dropped, route, "result", "dropped");
        }
    }

    private IEnumerable<Measurement<int>> Breakers() => _routes.Current.Clusters.Values
        .Where(static cluster => cluster.Config.Client.BreakerMinRequests > 0)
        .Select(static cluster => new Measurement<int>(
            cluster.Breaker is { State: not BreakerState.Closed } ? 1 : 0, new KeyValuePair<string, object?>("cluster", cluster.Config.Name)));

    private static Measurement<long> Of(long value, RunningRoute route, string tag, string name) =>
        new(value, new("route", route.Name), new KeyValuePair<string, object?>(tag, name));
}
