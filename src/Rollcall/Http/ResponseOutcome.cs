using System.Net;

namespace Rollcall.Http;

/// <summary>What an answer, or its absence, says of the endpoint it is from.</summary>
internal static class ResponseOutcome
{
    /// <summary>What the status says.</summary>
    /// <param name="response">The head of the answer.</param>
    /// <param name="latency">How long it took.</param>
    /// <param name="time">The clock that a <c>Retry-After</c> with a date is read by.</param>
    public static RequestOutcome Of(HttpResponseMessage response, TimeSpan latency, TimeProvider time)
    {
        var status = response.StatusCode;
        if ((int)status < 500 && status != HttpStatusCode.TooManyRequests)
            return new(OutcomeKind.Success, latency);
        var retryAfter = RetryAfter(response, time);
        return status switch
        {
            HttpStatusCode.TooManyRequests => new(OutcomeKind.Throttled, latency, retryAfter),
            HttpStatusCode.ServiceUnavailable when retryAfter is not null => new(OutcomeKind.Throttled, latency, retryAfter),
            HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => new(OutcomeKind.GatewayError, latency),
            _ => new(OutcomeKind.Error, latency),
        };
    }

    /// <summary>What a try without an answer says.</summary>
    public static RequestOutcome Of(TryOutcome outcome, Exception error, TimeSpan latency) => new(
        outcome switch
        {
            TryOutcome.Unreachable => OutcomeKind.Unreachable,
            TryOutcome.Reset => OutcomeKind.Reset,
            TryOutcome.TimedOut => OutcomeKind.TimedOut,
            TryOutcome.Failed when error is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => OutcomeKind.Error,

            // The caller's own doing: it gave up, or asked for what cannot be sent.
            _ => OutcomeKind.Cancelled,
        },
        latency);

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time)
    {
        if (response.Headers.RetryAfter is not { } wish)
            return null;
        var delay = wish.Delta ?? (wish.Date - time.GetUtcNow()) ?? TimeSpan.Zero;
        return delay > TimeSpan.Zero ? delay : TimeSpan.Zero;
    }
}
