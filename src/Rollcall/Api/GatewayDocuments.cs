using System.ComponentModel.DataAnnotations;

namespace Rollcall.Api;

/// <summary>The gateway of a node: its routes, where they lead, and how that goes.</summary>
public sealed record GatewayDocument
{
    /// <summary>Where it listens.</summary>
    public required IReadOnlyList<string> Urls { get; init; }

    /// <summary>What became of the newest routes file.</summary>
    public required GatewayReloadDocument Reload { get; init; }

    /// <summary>In the order of the file.</summary>
    public required IReadOnlyList<GatewayRouteDocument> Routes { get; init; }

    /// <summary>By name.</summary>
    public required IReadOnlyList<GatewayClusterDocument> Clusters { get; init; }

    /// <summary>How much it takes on at once; absent when that is not limited.</summary>
    public GatewayOverloadDocument? Overload { get; init; }

    /// <summary>Requests that the access log is missing; absent when there is none.</summary>
    public long? AccessLogDropped { get; init; }
}

/// <summary>What became of the newest routes file.</summary>
public sealed record GatewayReloadDocument
{
    /// <summary>When it was read (UTC).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When the routes in force came into force (UTC).</summary>
    public required DateTimeOffset InForceSince { get; init; }

    /// <summary>Why the file was refused, with lines; absent when it is in force.</summary>
    public string? Error { get; init; }
}

/// <summary>How much a gateway takes on at once.</summary>
public sealed record GatewayOverloadDocument
{
    /// <summary>Requests that may be under way.</summary>
    public required int MaxConcurrent { get; init; }

    /// <summary>Requests under way.</summary>
    public required int UnderWay { get; init; }

    /// <summary>Requests that wait for their turn.</summary>
    public required int Waiting { get; init; }

    /// <summary>Requests that were refused.</summary>
    public required long Refused { get; init; }
}

/// <summary>A route of a gateway.</summary>
public sealed record GatewayRouteDocument
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The hosts it takes; empty for any.</summary>
    public required IReadOnlyList<string> Hosts { get; init; }

    /// <summary>The path it takes; absent for any.</summary>
    public string? Path { get; init; }

    /// <summary>Where its requests go.</summary>
    public required IReadOnlyList<GatewayVersionDocument> Versions { get; init; }

    /// <summary>Since when its shares are not those of the file (UTC); absent when they are.</summary>
    public DateTimeOffset? ShiftedAt { get; init; }

    /// <summary>What keeps its requests at one instance, as the file has it, such as <c>header:x-user</c>; absent when nothing does, or a cookie of the gateway's own.</summary>
    public string? Affinity { get; init; }

    /// <summary>What became of the sessions that a cookie of the gateway's own keeps; absent when there is none.</summary>
    public GatewaySessionsDocument? Sessions { get; init; }

    /// <summary>What became of the copies of its requests; absent when none are made.</summary>
    public GatewayMirrorDocument? Mirror { get; init; }

    /// <summary>Requests that were one too many of their rate.</summary>
    public required long Limited { get; init; }

    /// <summary>Requests that were refused because too many were under way.</summary>
    public required long Shed { get; init; }
}

/// <summary>What became of the sessions of a route.</summary>
public sealed record GatewaySessionsDocument
{
    /// <summary>The name of the cookie.</summary>
    public required string Cookie { get; init; }

    /// <summary>Requests that were sent where their cookie says.</summary>
    public required long Kept { get; init; }

    /// <summary>Requests without a cookie of the gateway's.</summary>
    public required long Begun { get; init; }

    /// <summary>Requests that could not be sent where their cookie says, and were sent elsewhere.</summary>
    public required long Moved { get; init; }
}

/// <summary>What became of the copies of a route's requests.</summary>
public sealed record GatewayMirrorDocument
{
    /// <summary>The cluster that gets them.</summary>
    public required string Cluster { get; init; }

    /// <summary>Which share of the requests is copied, in percent.</summary>
    public required double Percent { get; init; }

    /// <summary>Copies that were sent.</summary>
    public required long Sent { get; init; }

    /// <summary>Of these, those without an answer, or with a status of 500 and more.</summary>
    public required long Failed { get; init; }

    /// <summary>Requests that cannot be copied: upgrades, and those whose body is too long or of unknown length.</summary>
    public required long Skipped { get; init; }

    /// <summary>Requests that were not copied because too many copies were under way.</summary>
    public required long Dropped { get; init; }

    /// <summary>Copies under way.</summary>
    public required int UnderWay { get; init; }
}

/// <summary>A version of a route.</summary>
public sealed record GatewayVersionDocument
{
    /// <summary>Its name; <c>all</c> for a route that has but one.</summary>
    public required string Version { get; init; }

    /// <summary>The cluster that gets its requests.</summary>
    public required string Cluster { get; init; }

    /// <summary>Its share of the route's requests, in percent.</summary>
    public required double Percent { get; init; }

    /// <summary>Its share as the file has it, in percent.</summary>
    public required double ConfiguredPercent { get; init; }

    /// <summary>What became of them.</summary>
    public required GatewayTrafficDocument Traffic { get; init; }
}

/// <summary>A service that a gateway sends requests to.</summary>
public sealed record GatewayClusterDocument
{
    /// <summary>Its name; the target's text for one that a route names directly.</summary>
    public required string Name { get; init; }

    /// <summary>How it is found.</summary>
    public required string Target { get; init; }

    /// <summary>The policy that chooses among its instances.</summary>
    public required string Balancer { get; init; }

    /// <summary><c>live</c>, <c>stale</c> or <c>fallback</c>; absent until its instances are known.</summary>
    [AllowedValues("live", "stale", "fallback")]
    public string? Freshness { get; init; }

    /// <summary>Why nothing can be sent to it, or why what is known of it is not the newest; absent when all is well.</summary>
    public string? Problem { get; init; }

    /// <summary>True while so few instances are left that ejected ones are used as well.</summary>
    public required bool Panicking { get; init; }

    /// <summary>What its circuit breaker does; absent when it has none.</summary>
    public GatewayBreakerDocument? Breaker { get; init; }

    /// <summary>Its instances.</summary>
    public required IReadOnlyList<GatewayInstanceDocument> Instances { get; init; }
}

/// <summary>What the circuit breaker of a cluster does.</summary>
public sealed record GatewayBreakerDocument
{
    /// <summary><c>closed</c> (requests go through), <c>open</c> (they fail at once) or <c>half-open</c> (one finds out).</summary>
    [AllowedValues("closed", "open", "half-open")]
    public required string State { get; init; }

    /// <summary>Since when requests go through, or do not (UTC); absent while nothing has happened.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When the next request is let through to find out (UTC); absent unless it is open.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>An instance of a service, as a gateway sees it.</summary>
public sealed record GatewayInstanceDocument
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Where it is.</summary>
    public required string Host { get; init; }

    /// <summary>Its ports by name.</summary>
    public required IReadOnlyDictionary<string, int> Ports { get; init; }

    /// <summary><c>ready</c>, <c>not-ready</c>, <c>draining</c> or <c>unknown</c>.</summary>
    [AllowedValues("ready", "not-ready", "draining", "unknown")]
    public required string State { get; init; }

    /// <summary>0 to 100.</summary>
    public required int Weight { get; init; }

    /// <summary>Where it runs; absent when unknown.</summary>
    public string? Zone { get; init; }

    /// <summary>Why requests are kept away from it; absent while they are not.</summary>
    public GatewayAvoidedDocument? Avoided { get; init; }

    /// <summary>What became of the tries that it got: a request that failed here and succeeded elsewhere counts as failed here.</summary>
    public required GatewayTrafficDocument Traffic { get; init; }
}

/// <summary>Why requests are kept away from an instance.</summary>
public sealed record GatewayAvoidedDocument
{
    /// <summary>Such as <c>unreachable</c> or <c>success-rate</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>What was seen.</summary>
    public required string Detail { get; init; }

    /// <summary>True when it answers, but not well enough.</summary>
    public required bool Ejected { get; init; }

    /// <summary>Since when (UTC).</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Until when at least (UTC).</summary>
    public required DateTimeOffset Until { get; init; }
}

/// <summary>What became of requests: counts since the gateway started, rates and latencies of the last minute.</summary>
public sealed record GatewayTrafficDocument
{
    /// <summary>Requests that are over.</summary>
    public required long Requests { get; init; }

    /// <summary>Answers with a status of 200 to 299.</summary>
    public required long Status2xx { get; init; }

    /// <summary>Answers with a status of 300 to 399.</summary>
    public required long Status3xx { get; init; }

    /// <summary>Answers with a status of 400 to 499.</summary>
    public required long Status4xx { get; init; }

    /// <summary>Answers with a status of 500 to 599.</summary>
    public required long Status5xx { get; init; }

    /// <summary>Requests without an answer, or with a status of 500 and more.</summary>
    public required long Failed { get; init; }

    /// <summary>Requests whose client went away.</summary>
    public required long Cancelled { get; init; }

    /// <summary>Tries beyond the first.</summary>
    public required long Retries { get; init; }

    /// <summary>Requests under way.</summary>
    public required int InFlight { get; init; }

    /// <summary>Requests a second over the last second.</summary>
    public required double Rate1s { get; init; }

    /// <summary>Requests a second over the last ten seconds.</summary>
    public required double Rate10s { get; init; }

    /// <summary>Requests a second over the last minute.</summary>
    public required double Rate1m { get; init; }

    /// <summary>Failed requests a second over the last minute.</summary>
    public required double FailureRate1m { get; init; }

    /// <summary>Milliseconds until the head of the answer: half took no longer; absent when there was no answer in the last minute.</summary>
    public double? P50Ms { get; init; }

    /// <summary>As <c>p50Ms</c> for nine in ten.</summary>
    public double? P90Ms { get; init; }

    /// <summary>As <c>p50Ms</c> for ninety-nine in a hundred.</summary>
    public double? P99Ms { get; init; }
}

/// <summary>How the requests of a route are to be shared out.</summary>
public sealed record GatewayShiftDocument
{
    /// <summary>Shares by version, such as <c>10%</c>; versions that are not named keep what remains, in proportion.</summary>
    public required IReadOnlyDictionary<string, string> Shares { get; init; }
}
