namespace Rollcall.Http.Resilience;

/// <summary>What is counted and limited of one service, for all requests of clients with the same settings. Thread-safe.</summary>
internal sealed class ServiceResilience(ResilienceSettings settings, TimeProvider time, Action<BreakerState> breakerChanged)
{
    public ResilienceSettings Settings { get; } = settings;

    public RetryBudget Budget { get; } = new(time, settings.RetryBudget, settings.MinRetriesPerSecond);

    /// <summary>Null when there is none.</summary>
    public CircuitBreaker? Breaker { get; } = settings.BreakerMinRequests > 0 ? new(settings, time, breakerChanged) : null;

    /// <summary>Null when there are no limits.</summary>
    public RequestGate? Gate { get; } = settings.HasLimits ? new(settings.MaxRequests, settings.MaxQueue) : null;

    /// <summary>Null when nobody asks.</summary>
    public LatencyQuantile? Latency { get; } = settings.HedgingQuantile > 0 ? new(settings.HedgingQuantile) : null;

    /// <summary>True when a request that succeeds at once needs none of this but being counted.</summary>
    public bool IsIdle => Gate is null && !Settings.HasHedging && Breaker is null or { IsClosed: true };

    /// <summary>After how long a request is hedged; infinite while that is not known.</summary>
    public TimeSpan HedgeAfter()
    {
        var known = Latency?.Current ?? TimeSpan.Zero;
        var delay = known > Settings.HedgingDelay ? known : Settings.HedgingDelay;
        return delay > TimeSpan.Zero ? delay : Timeout.InfiniteTimeSpan;
    }
}
