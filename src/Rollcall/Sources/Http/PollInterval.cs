using System.Net.Http.Headers;

namespace Rollcall.Sources.Http;

/// <summary>When to ask again after an answer.</summary>
internal static class PollInterval
{
    // Many clients that started together must not ask together for ever.
    private const double JitterShare = 0.1;

    /// <summary>What is left of <c>max-age</c> (RFC 9111 section 5.2.2.1), else the configured interval; within floor and ceiling, plus or minus a tenth.</summary>
    /// <param name="cacheControl">The response's; null when it has none.</param>
    /// <param name="age">The response's <c>Age</c>: how long it was in a cache already.</param>
    /// <param name="options">Interval, floor and ceiling.</param>
    /// <param name="jitter">From 0 to 1.</param>
    public static TimeSpan After(CacheControlHeaderValue? cacheControl, TimeSpan? age, HttpSourceOptions options, double jitter)
    {
        var wanted = cacheControl is { NoCache: false, NoStore: false, MaxAge: { } maxAge } ? maxAge - (age ?? TimeSpan.Zero) : options.Interval;
        wanted *= 1 - JitterShare + (2 * JitterShare * jitter);
        return wanted < options.MinInterval ? options.MinInterval : wanted > options.MaxInterval ? options.MaxInterval : wanted;
    }
}
