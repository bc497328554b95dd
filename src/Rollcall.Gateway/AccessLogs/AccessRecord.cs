using System.Net;
using Microsoft.AspNetCore.Http;

namespace Rollcall.Gateway.AccessLogs;

/// <summary>One request as the access log tells it. Filled by one request, then read by the writer.</summary>
internal sealed class AccessRecord
{
    public required DateTimeOffset Time { get; init; }

    public required IPAddress? Client { get; init; }

    public required string Protocol { get; init; }

    public required string Method { get; init; }

    public required string Host { get; init; }

    /// <summary>Without the query, which may hold what is nobody's business.</summary>
    public required PathString Path { get; init; }

    /// <summary>Where the client says it comes from; null when that is not written down.</summary>
    public string? Referer { get; init; }

    /// <summary>What the client says it is; null when that is not written down.</summary>
    public string? UserAgent { get; init; }

    public string? CorrelationId { get; set; }

    public int Status { get; set; }

    /// <summary>Of the answer's body.</summary>
    public long Bytes { get; set; }

    /// <summary>From the request's head to the end of the answer.</summary>
    public TimeSpan Duration { get; set; }

    /// <summary>Until the head of an endpoint's answer; null when no endpoint has answered.</summary>
    public TimeSpan? Latency { get; set; }

    /// <summary>Null when no route took it.</summary>
    public string? Route { get; set; }

    /// <summary>Null when it was not sent anywhere.</summary>
    public string? Version { get; set; }

    /// <summary>The endpoint that gave the answer, else the one tried last; null when none was.</summary>
    public string? Instance { get; set; }

    public int Tries { get; set; }

    /// <summary>Whether the client went away before the end.</summary>
    public bool IsCancelled { get; set; }
}
