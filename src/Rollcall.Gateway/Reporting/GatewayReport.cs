using Rollcall.Api;
using Rollcall.Gateway.Forwarding;
using Rollcall.Gateway.Reloading;
using Rollcall.Gateway.Statistics;
using Rollcall.Health;
using Rollcall.Http.Resilience;

namespace Rollcall.Gateway.Reporting;

/// <summary>A gateway as its API tells it.</summary>
internal sealed class GatewayReport(GatewayRoutes routes, RoutesFollower follower, AccessLogs.AccessLogs logs, TrafficClock clock)
{
    public GatewayDocument Read(IReadOnlyList<string> urls)
    {
        var model = routes.Current;
        var second = clock.SecondOf(clock.Now);
        return new()
        {
            Urls = urls,
            Reload = new() { At = follower.Last!.At, InForceSince = follower.Last.InForceSince, Error = follower.Last.Error },
            Routes = [.. model.Routes.Select(route => RouteOf(route, second))],
            Clusters = [.. model.Clusters.Values.Select(cluster => ClusterOf(cluster, second))],
            Overload = model.Overload is not { } gate
                ? null
                : new() { MaxConcurrent = gate.Config.MaxConcurrent, UnderWay = gate.UnderWay, Waiting = gate.Waiting, Refused = gate.Refused },
            AccessLogDropped = logs.Current is null ? null : logs.Dropped,
        };
    }

    /// <summary>A route; null when there is none of that name.</summary>
    public GatewayRouteDocument? Find(string name) => routes.Current.Find(name) is { } route ? RouteOf(route, clock.SecondOf(clock.Now)) : null;

    private static GatewayRouteDocument RouteOf(RunningRoute route, uint second)
    {
        var (shares, configured) = (route.State.Split.Table.Shares, route.State.Split.Configured);
        return new()
        {
            Name = route.Name,
            Hosts = route.Config.Match.Hosts,
            Path = route.Config.Match.Path,
            Versions =
            [
                .. route.Splits.Select((split, i) => new GatewayVersionDocument
                {
                    Version = split.Config.Version,
                    Cluster = split.Config.Cluster,
                    Percent = Math.Round(shares[i].Weight, 3),
                    ConfiguredPercent = Math.Round(configured[i].Weight, 3),
                    Traffic = TrafficOf(route.State.Versions[i], second),
                }),
            ],
            ShiftedAt = route.State.Split.ShiftedAt,
            Affinity = route.Config.Affinity?.Key?.ToString(),
            Sessions = SessionsOf(route),
            Mirror = MirrorOf(route),
            Limited = route.State.Limited,
            Shed = route.State.Shed,
        };
    }

    private static GatewaySessionsDocument? SessionsOf(RunningRoute route) => route.Config.Affinity?.Cookie is not { } cookie
        ? null
        : new() { Cookie = cookie.Name, Kept = route.State.Sessions.Kept, Begun = route.State.Sessions.Begun, Moved = route.State.Sessions.Moved };

    private static GatewayMirrorDocument? MirrorOf(RunningRoute route)
    {
        if (route is not { Mirror: { } mirror, Config.Mirror: { } config })
            return null;
        var counts = route.State.Mirrored;
        return new()
        {
            Cluster = config.Cluster,
            Percent = config.Percent,
            Sent = counts.Sent,
            Failed = counts.Failed,
            Skipped = counts.Skipped,
            Dropped = counts.Dropped,
            UnderWay = mirror.UnderWay,
        };
    }

    private static GatewayBreakerDocument? BreakerOf(ClusterClient cluster) => cluster.Breaker is not { } breaker
        ? null
        : new()
        {
            State = breaker.State switch
            {
                BreakerState.Closed => "closed",
                BreakerState.Open => "open",
                _ => "half-open",
            },
            Since = breaker.Since,
            Until = breaker.Until,
        };

    private static GatewayClusterDocument ClusterOf(ClusterClient cluster, uint second)
    {
        var current = cluster.Current;
        return new()
        {
            Name = cluster.Config.Name,
            Target = cluster.Config.Target.ToString(),
            Balancer = cluster.Config.Client.Balancer,
            Freshness = current?.Set.Freshness.Kind switch
            {
                null => null,
                FreshnessKind.Live => "live",
                FreshnessKind.Stale => "stale",
                _ => "fallback",
            },
            Problem = current is null ? "its instances are not known yet" : current.Problem ?? current.Set.Freshness.Reason,
            Breaker = BreakerOf(cluster),
            Panicking = cluster.Health.IsPanicking,
            Instances = current is null ? [] : [.. cluster.Health.Endpoints.Select(endpoint => InstanceOf(endpoint, cluster, second))],
        };
    }

    private static GatewayInstanceDocument InstanceOf(BalancedEndpoint balanced, ClusterClient cluster, uint second)
    {
        var endpoint = balanced.Endpoint;
        var avoidance = Volatile.Read(ref balanced.Load.Avoidance);
        return new()
        {
            Id = endpoint.Id,
            Host = endpoint.Host,
            Ports = endpoint.Ports,
            State = StateText.Format(endpoint.State),
            Weight = endpoint.Weight,
            Zone = endpoint.Zone,
            Avoided = avoidance is null
                ? null
                : new() { Reason = avoidance.Reason.ToText(), Detail = avoidance.Detail, Ejected = avoidance.IsEjection, Since = avoidance.Since, Until = avoidance.Until },
            Traffic = TrafficOf(cluster.Instances.Find(endpoint.Id) ?? new TrafficStatistics(), second) with { InFlight = Math.Max(0, balanced.InFlight) },
        };
    }

    private static GatewayTrafficDocument TrafficOf(TrafficStatistics statistics, uint second)
    {
        var report = statistics.Read(second);
        var latency = report.Latency;
        return new()
        {
            Requests = report.Requests,
            Status2xx = report.ByClass.C2,
            Status3xx = report.ByClass.C3,
            Status4xx = report.ByClass.C4,
            Status5xx = report.ByClass.C5,
            Failed = report.Failed,
            Cancelled = report.Cancelled,
            Retries = report.Retries,
            InFlight = report.InFlight,
            Rate1s = Math.Round(report.Rate1, 2),
            Rate10s = Math.Round(report.Rate10, 2),
            Rate1m = Math.Round(report.Rate60, 2),
            FailureRate1m = Math.Round(report.FailureRate60, 2),
            P50Ms = Milliseconds(latency, latency.Median),
            P90Ms = Milliseconds(latency, latency.P90),
            P99Ms = Milliseconds(latency, latency.P99),
        };
    }

    private static double? Milliseconds(in LatencySummary summary, TimeSpan value) => summary.Count == 0 ? null : Math.Round(value.TotalMilliseconds, 3);
}
