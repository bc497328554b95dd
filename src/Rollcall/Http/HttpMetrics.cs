using System.Diagnostics.Metrics;
using Rollcall.Http.Resilience;
using Rollcall.Watching;

namespace Rollcall.Http;

/// <summary>What became of the requests that this process sent to services.</summary>
internal sealed class HttpMetrics
{
    private static readonly KeyValuePair<string, object?>[] Outcomes =
    [
        new("rollcall.outcome", "answered"),
        new("rollcall.outcome", "unreachable"),
        new("rollcall.outcome", "reset"),
        new("rollcall.outcome", "timed-out"),
        new("rollcall.outcome", "cancelled"),
        new("rollcall.outcome", "failed"),
    ];

    private static readonly KeyValuePair<string, object?>[] Kinds =
    [
        new("rollcall.outcome", "success"),
        new("rollcall.outcome", "error"),
        new("rollcall.outcome", "gateway-error"),
        new("rollcall.outcome", "throttled"),
        new("rollcall.outcome", "unreachable"),
        new("rollcall.outcome", "reset"),
        new("rollcall.outcome", "timed-out"),
        new("rollcall.outcome", "cancelled"),
    ];

    private static readonly KeyValuePair<string, object?>[] States =
    [
        new("rollcall.breaker.state", "closed"),
        new("rollcall.breaker.state", "open"),
        new("rollcall.breaker.state", "half-open"),
    ];

    private static readonly KeyValuePair<string, object?>[] Reasons =
    [
        new("rollcall.reason", "retry-budget"),
        new("rollcall.reason", "breaker"),
        new("rollcall.reason", "queue-full"),
    ];

    private readonly Counter<long> _tries;
    private readonly Counter<long> _hedges;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _breakerChanges;
    private readonly Counter<long> _learned;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _withoutEndpoint;

    public HttpMetrics(IMeterFactory? meters)
    {
        // Without a factory the meter has no listener and costs nothing.
        Meter = meters?.Create(WatchMetrics.MeterName) ?? new Meter(WatchMetrics.MeterName);
        _tries = Meter.CreateCounter<long>("rollcall.client.tries", "{try}", "Tries to send a request to an endpoint, by how they ended.");
        _learned = Meter.CreateCounter<long>("rollcall.client.outcomes", "{try}", "Tries that are over, body included, by what they taught of their endpoint.");
        _retries = Meter.CreateCounter<long>("rollcall.client.retries", "{retry}", "Tries that followed a failed one, by how that ended.");
        _hedges = Meter.CreateCounter<long>("rollcall.client.hedges", "{try}", "Tries begun because another of the same request took long.");
        _refused = Meter.CreateCounter<long>("rollcall.client.refused", "{try}", "Tries that were not made, by what forbade them.");
        _breakerChanges = Meter.CreateCounter<long>("rollcall.client.breaker.changes", "{change}", "Changes of services' circuit breakers, by what they changed to.");
        _withoutEndpoint = Meter.CreateCounter<long>("rollcall.client.requests_without_endpoint", "{request}", "Requests for which there was no endpoint.");
    }

    public Meter Meter { get; }

    public void Tried(TryOutcome outcome) => _tries.Add(1, Outcomes[(int)outcome]);

    public void Learned(OutcomeKind kind) => _learned.Add(1, Kinds[(int)kind]);

    public void Retried(TryOutcome after) => _retries.Add(1, Outcomes[(int)after]);

    public void Hedged() => _hedges.Add(1);

    public void Refused(Refusal reason) => _refused.Add(1, Reasons[(int)reason]);

    public void BreakerChanged(BreakerState state) => _breakerChanges.Add(1, States[(int)state]);

    public void WithoutEndpoint() => _withoutEndpoint.Add(1);
}

/// <summary>What forbids a try.</summary>
internal enum Refusal
{
    /// <summary>So many requests of the service were sent again that this one may not be.</summary>
    RetryBudget,

    /// <summary>The service's circuit breaker is open.</summary>
    Breaker,

    /// <summary>The limits of the service are reached, and so is that of those who wait.</summary>
    QueueFull,
}
