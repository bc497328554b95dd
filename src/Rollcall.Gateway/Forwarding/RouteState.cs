using System.Collections.Immutable;
using Rollcall.Gateway.Configuration;
using Rollcall.Gateway.Limiting;
using Rollcall.Gateway.Mirroring;
using Rollcall.Gateway.Requests;
using Rollcall.Gateway.Splitting;
using Rollcall.Gateway.Statistics;

namespace Rollcall.Gateway.Forwarding;

/// <summary>What of a route changes with its traffic: who gets how much of it, what is still allowed, what was counted. What still fits outlives a change of the route.</summary>
internal sealed class RouteState
{
    private long _limited;
    private long _shed;

    private RouteState(RouteSplit split, ImmutableArray<TrafficStatistics> versions, ImmutableArray<RateLimit> limits, ConcurrencyLimit? concurrency)
    {
        Split = split;
        Versions = versions;
        Limits = limits;
        Concurrency = concurrency;
    }

    public RouteSplit Split { get; }

    /// <summary>In the order of the splits.</summary>
    public ImmutableArray<TrafficStatistics> Versions { get; }

    /// <summary>Those of single clients first, so that one who is over his own takes nothing from the others.</summary>
    public ImmutableArray<RateLimit> Limits { get; }

    public ConcurrencyLimit? Concurrency { get; }

    /// <summary>What became of its sessions.</summary>
    public SessionCounts Sessions { get; private init; } = new();

    /// <summary>What became of the copies of its requests.</summary>
    public MirrorCounts Mirrored { get; private init; } = new();

    /// <summary>Requests that were one too many of their rate.</summary>
    public long Limited => Interlocked.Read(ref _limited);

    /// <summary>Requests that were refused because too many were under way.</summary>
    public long Shed => Interlocked.Read(ref _shed);

    /// <param name="config">The route.</param>
    /// <param name="before">The route of that name until now; null when there was none.</param>
    /// <param name="time">The clock.</param>
    public static RouteState Make(GatewayRouteConfig config, RunningRoute? before, TimeProvider time)
    {
        var split = new RouteSplit(config.Splits);
        if (before is not null)
            split.Inherit(before.State.Split);
        var keepsLimits = before is not null && config.RateLimits.SequenceEqual(before.Config.RateLimits);
        return new(
            split,
            [.. config.Splits.Select(version => before?.StatisticsOf(version.Version) ?? new TrafficStatistics())],
            keepsLimits ? before!.State.Limits : [.. config.RateLimits.OrderBy(static limit => limit.By is null).Select(limit => new RateLimit(limit, time))],
            config.MaxConcurrent is not { } max ? null : before?.State.Concurrency is { } same && same.Max == max ? same : new ConcurrencyLimit(max))
        {
            Sessions = before?.State.Sessions ?? new(),
            Mirrored = before?.State.Mirrored ?? new(),
            _limited = before?.State.Limited ?? 0,
            _shed = before?.State.Shed ?? 0,
        };
    }

    public void CountLimited() => Interlocked.Increment(ref _limited);

    public void CountShed() => Interlocked.Increment(ref _shed);
}
