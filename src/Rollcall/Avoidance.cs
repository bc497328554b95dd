namespace Rollcall;

/// <summary>
/// That an endpoint is kept away from requests: why, since when and until when. Every one has an end; then one request or one probe tries whether the endpoint is well again.
/// </summary>
/// <param name="Reason">Why.</param>
/// <param name="Detail">What was seen, in words for a person.</param>
/// <param name="Since">Since when (UTC).</param>
/// <param name="Until">Until when (UTC).</param>
/// <param name="Due">The timestamp of <paramref name="Until"/>.</param>
/// <param name="Times">How often in a row, this time included.</param>
internal sealed record Avoidance(AvoidReason Reason, string Detail, DateTimeOffset Since, DateTimeOffset Until, long Due, int Times)
{
    /// <summary>True while a request that was let through, or a probe, finds out whether it is well again.</summary>
    public bool IsTrying { get; init; }

    /// <summary>How many probes in a row went well.</summary>
    public int ProbesPassed { get; init; }

    /// <summary>An answer that takes longer does not count as well again; null when any does.</summary>
    public TimeSpan? LatencyLimit { get; init; }

    /// <summary>How its requests had ended shortly before: in the interval in which this began, or, when that had none, in the one before.</summary>
    public TrafficWindow TrafficBefore { get; init; }

    /// <summary>True when it can be reached but is judged by what it answers; false when it does not answer at all.</summary>
    public bool IsEjection => Reason >= AvoidReason.FailedProbe;
}
