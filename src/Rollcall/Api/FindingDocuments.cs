namespace Rollcall.Api;

// Documents of the HTTP API that tell what callers have found out from their traffic.

/// <summary>What callers report of the instances of a service.</summary>
public sealed record FindingsDocument
{
    /// <summary>The service.</summary>
    public required string Service { get; init; }

    /// <summary>In order of instance and caller.</summary>
    public required IReadOnlyList<FindingDocument> Findings { get; init; }
}

/// <summary>That a caller sends nothing to an instance for a while, and why.</summary>
public sealed record FindingDocument
{
    /// <summary>The instance.</summary>
    public required string Instance { get; init; }

    /// <summary>Why: <c>unreachable</c>, <c>silent</c>, <c>failed-probe</c>, <c>failures</c>, <c>gateway-errors</c>, <c>success-rate</c>, <c>latency</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>How often in a row, this time included.</summary>
    public int Times { get; init; } = 1;

    /// <summary>The share of the caller's requests that went well before, 0 to 1; null when it has sent none.</summary>
    public double? SuccessRate { get; init; }

    /// <summary>The median latency of those, in seconds; null when there were none.</summary>
    public double? Latency { get; init; }

    /// <summary>Who reports it: the name of a watcher. Null in a report itself.</summary>
    public string? Caller { get; init; }

    /// <summary>The caller's address. Null in a report itself.</summary>
    public string? Remote { get; init; }

    /// <summary>When the caller reported it first (UTC). Null in a report itself.</summary>
    public DateTimeOffset? Since { get; init; }
}
