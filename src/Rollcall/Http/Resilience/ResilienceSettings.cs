namespace Rollcall.Http.Resilience;

/// <summary>What clients must have in common to share the budget, the breaker and the limits of a service. Compared by content.</summary>
internal sealed record ResilienceSettings
{
    public double RetryBudget { get; init; }

    public int MinRetriesPerSecond { get; init; }

    public TimeSpan HedgingDelay { get; init; }

    public double HedgingQuantile { get; init; }

    public int MaxHedges { get; init; }

    public int BreakerMinRequests { get; init; }

    public TimeSpan BreakerWindow { get; init; }

    public TimeSpan BreakerPause { get; init; }

    public int MaxRequests { get; init; }

    public int MaxRequestsPerEndpoint { get; init; }

    public int MaxQueue { get; init; }

    public bool HasHedging => HedgingDelay > TimeSpan.Zero || HedgingQuantile > 0;

    public bool HasLimits => MaxRequests > 0 || MaxRequestsPerEndpoint > 0;
}
