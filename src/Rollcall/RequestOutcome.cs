using System.Runtime.InteropServices;

namespace Rollcall;

/// <summary>How a request to an endpoint ended, as far as the endpoint's health is concerned.</summary>
public enum OutcomeKind
{
    /// <summary>The endpoint did what it should, which includes telling a caller that the request was wrong.</summary>
    Success,

    /// <summary>It answered that it failed, such as with HTTP 500.</summary>
    Error,

    /// <summary>It answered that somebody behind it failed or is too slow: HTTP 502, 503 or 504.</summary>
    GatewayError,

    /// <summary>It answered that it has too much to do: HTTP 429, or 503 with <c>Retry-After</c>.</summary>
    Throttled,

    /// <summary>No connection could be made.</summary>
    Unreachable,

    /// <summary>The connection was lost before the answer was complete.</summary>
    Reset,

    /// <summary>There was no answer within the time of a try.</summary>
    TimedOut,

    /// <summary>The caller gave up. Says nothing about the endpoint.</summary>
    Cancelled,
}

/// <summary>What one request taught about its endpoint.</summary>
/// <param name="Kind">How it ended.</param>
/// <param name="Latency">From sending it to the head of the answer, or to the failure.</param>
/// <param name="RetryAfter">For how long the endpoint asked to be left alone; null when it did not.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RequestOutcome(OutcomeKind Kind, TimeSpan Latency, TimeSpan? RetryAfter = null);
