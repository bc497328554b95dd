using Rollcall.Balancing;
using Rollcall.Http.Resilience;

namespace Rollcall.Http;

/// <summary>How an <see cref="HttpClient"/> sends requests to services.</summary>
public class RollcallClientOptions : BalancingOptions
{
    /// <summary>
    /// How long an endpoint that answers nobody may leave a request without the head of a response, before an idempotent request is tried on another.
    /// An endpoint that answers others meanwhile is slow, not frozen, and gets five times as long. The last try is not limited but by
    /// <see cref="HttpClient.Timeout"/>, nor is one after which the budget allows no other. Longer is kinder to slow services that have little traffic, shorter notices a frozen process
    /// sooner. Default: 2 s.
    /// </summary>
    public TimeSpan PerTryTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a request may take until the head of its response, all tries and waits together; then it fails as it does by <see cref="HttpClient.Timeout"/>.
    /// Zero: no limit but that one. Default: zero.
    /// </summary>
    public TimeSpan TotalTimeout { get; set; }

    /// <summary>
    /// How often a request may be sent, the first time included; 1 never sends again. Tries that found no connection were not sent and do not count, up to
    /// 16 of them. Default: 3; at most 10.
    /// </summary>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>
    /// How long a connection may take to be made, encryption included. Applied to a primary handler that is a <see cref="SocketsHttpHandler"/>
    /// without a <see cref="SocketsHttpHandler.ConnectTimeout"/> of its own. Default: 2 s.
    /// </summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether an idempotent request that is answered with 500, 502, 503 or 504, or with 429 and <c>Retry-After</c>, is sent to another endpoint. When there is none left, the
    /// caller gets the last answer as it is. Default: true.
    /// </summary>
    public bool RetryErrors { get; set; } = true;

    /// <summary>
    /// Which share of the requests to a service may be sent again, on average over some ten seconds; hedges count, tries that were never sent do not. What is
    /// over the budget fails or returns its answer at once, so that retries cannot bury a service that is overloaded. 0 to 1. Default: 0.2.
    /// </summary>
    public double RetryBudget { get; set; } = 0.2;

    /// <summary>How many requests a second may be sent again whatever the budget, for services with little traffic; ten seconds' worth may come at once. Default: 10.</summary>
    public int MinRetriesPerSecond { get; set; } = 10;

    /// <summary>
    /// Bodies of up to this length, if it is known, are loaded into memory first when an idempotent request could not be sent again otherwise. Default: 0, so that
    /// streams are sent as they are read.
    /// </summary>
    public int MaxReplayBytes { get; set; }

    /// <summary>
    /// After how long without an answer a GET, HEAD or OPTIONS is sent to a second endpoint as well; the first good answer wins and the other try is cancelled. Makes the slowest
    /// requests faster for a few more requests. Zero: never. Default: zero.
    /// </summary>
    public TimeSpan HedgingDelay { get; set; }

    /// <summary>
    /// Hedge when a request has taken longer than this share of those before, such as 0.95, but not before <see cref="HedgingDelay"/>. Zero: by <see cref="HedgingDelay"/>
    /// alone. Default: zero; less than 1.
    /// </summary>
    public double HedgingQuantile { get; set; }

    /// <summary>How many more tries one request may have under way by hedging. Default: 1; at most 5.</summary>
    public int MaxHedges { get; set; } = 1;

    /// <summary>
    /// The circuit breaker of a service opens when there were at least this many requests within <see cref="BreakerWindow"/> and every one of them had no answer, or 502, 503 or 504. Then
    /// requests fail at once, and one is let through after every <see cref="BreakerPause"/> to see whether that has changed. Zero: no breaker. Default: 20.
    /// </summary>
    public int BreakerMinRequests { get; set; } = 20;

    /// <summary>See <see cref="BreakerMinRequests"/>. Default: 10 s.</summary>
    public TimeSpan BreakerWindow { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>See <see cref="BreakerMinRequests"/>. Default: 1 s.</summary>
    public TimeSpan BreakerPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many requests may be in flight to a service from clients with the same options. Zero: any number. Default: zero.</summary>
    public int MaxRequests { get; set; }

    /// <summary>How many requests may be in flight to one endpoint from this process before these clients pass it over. Zero: any number. Default: zero.</summary>
    public int MaxRequestsPerEndpoint { get; set; }

    /// <summary>
    /// How many requests may wait, first come first served, where <see cref="MaxRequests"/> or <see cref="MaxRequestsPerEndpoint"/> is reached; any more fail at
    /// once. Default: 100.
    /// </summary>
    public int MaxQueue { get; set; } = 100;

    /// <summary>
    /// What requests have affinity to, for policies that keep the same key on the same endpoint: <c>header:X-User</c>, <c>cookie:session</c>, <c>query:user</c> or
    /// <c>claim:sub</c> (of the JSON web token in <c>Authorization</c>, which is not verified). A request without it goes anywhere. Default: nothing but <see cref="RollcallRequest.Key"/>.
    /// </summary>
    public string? AffinityKey { get; set; }

    /// <summary>The part of it that clients must have in common to share what is counted of a service.</summary>
    internal ResilienceSettings ToResilience() => new()
    {
        RetryBudget = RetryBudget,
        MinRetriesPerSecond = MinRetriesPerSecond,
        HedgingDelay = HedgingDelay,
        HedgingQuantile = HedgingQuantile,
        MaxHedges = MaxHedges,
        BreakerMinRequests = BreakerMinRequests,
        BreakerWindow = BreakerWindow,
        BreakerPause = BreakerPause,
        MaxRequests = MaxRequests,
        MaxRequestsPerEndpoint = MaxRequestsPerEndpoint,
        MaxQueue = MaxQueue,
    };

    /// <summary>Takes over everything from <paramref name="other"/>.</summary>
    internal void CopyFrom(RollcallClientOptions other)
    {
        base.CopyFrom(other);
        PerTryTimeout = other.PerTryTimeout;
        TotalTimeout = other.TotalTimeout;
        MaxAttempts = other.MaxAttempts;
        ConnectTimeout = other.ConnectTimeout;
        RetryErrors = other.RetryErrors;
        RetryBudget = other.RetryBudget;
        MinRetriesPerSecond = other.MinRetriesPerSecond;
        MaxReplayBytes = other.MaxReplayBytes;
        HedgingDelay = other.HedgingDelay;
        HedgingQuantile = other.HedgingQuantile;
        MaxHedges = other.MaxHedges;
        BreakerMinRequests = other.BreakerMinRequests;
        BreakerWindow = other.BreakerWindow;
        BreakerPause = other.BreakerPause;
        MaxRequests = other.MaxRequests;
        MaxRequestsPerEndpoint = other.MaxRequestsPerEndpoint;
        MaxQueue = other.MaxQueue;
        AffinityKey = other.AffinityKey;
    }
}
