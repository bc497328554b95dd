namespace Rollcall.Http.Resilience;

/// <summary>What is counted and limited of one service, for all requests of clients with the same settings. Thread-safe.</summary>
internal sealed class ServiceResilience
{
    private readonly TimeProvider _time;
    private readonly Action<BreakerState> _breakerChanged;
    private BreakerStatus _status = new(BreakerState.Closed, Since: null, Until: null);

    public ServiceResilience(ResilienceSettings settings, TimeProvider time, Action<BreakerState> breakerChanged)
    {
        Settings = settings;
        _time = time;
        _breakerChanged = breakerChanged;
        Budget = new(time, settings.RetryBudget, settings.MinRetriesPerSecond);
        Breaker = settings.BreakerMinRequests > 0 ? new(settings, time, Changed) : null;
        Gate = settings.HasLimits ? new(settings.MaxRequests, settings.MaxQueue) : null;
        Latency = settings.HedgingQuantile > 0 ? new(settings.HedgingQuantile) : null;
    }

    public ResilienceSettings Settings { get; }

    public RetryBudget Budget { get; }

    /// <summary>Null when there is none.</summary>
    public CircuitBreaker? Breaker { get; }

    /// <summary>What the breaker does, for those who look; meaningful only when there is one.</summary>
    public BreakerStatus BreakerStatus => Volatile.Read(ref _status);

    /// <summary>Null when there are no limits.</summary>
    public RequestGate? Gate { get; }

    /// <summary>Null when nobody asks.</summary>
    public LatencyQuantile? Latency { get; }

    /// <summary>True when a request that succeeds at once needs none of this but being counted.</summary>
    public bool IsIdle => Gate is null && !Settings.HasHedging && Breaker is null or { IsClosed: true };

    /// <summary>After how long a request is hedged; infinite while that is not known.</summary>
    public TimeSpan HedgeAfter()
    {
        var known = Latency?.Current ?? TimeSpan.Zero;
        var delay = known > Settings.HedgingDelay ? known : Settings.HedgingDelay;
        return delay > TimeSpan.Zero ? delay : Timeout.InfiniteTimeSpan;
    }

    // Open and half open are one time of trouble, which began when it opened first.
    private void Changed(BreakerState state)
    {
        var (now, before) = (_time.GetUtcNow(), BreakerStatus);
        var since = state == BreakerState.Closed || before.State == BreakerState.Closed ? now : before.Since;
        Volatile.Write(ref _status, new(state, since, state == BreakerState.Open ? now + Settings.BreakerPause : null));
        _breakerChanged(state);
    }
}

/// <summary>What a circuit breaker does with requests.</summary>
/// <param name="State">Whether they go through.</param>
/// <param name="Since">Since when they do, or do not (UTC); null for since it was made.</param>
/// <param name="Until">When the next one is let through to find out (UTC); null unless it is open.</param>
internal sealed record BreakerStatus(BreakerState State, DateTimeOffset? Since, DateTimeOffset? Until);
