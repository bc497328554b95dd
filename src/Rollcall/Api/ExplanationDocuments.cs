using System.ComponentModel.DataAnnotations;

namespace Rollcall.Api;

/// <summary>Why a request goes where it goes: the snapshot, what each filter did to it, who is left and who would be next.</summary>
public sealed record ExplanationDocument
{
    /// <summary>What was looked for.</summary>
    public required string Target { get; init; }

    /// <summary>The balancing policy.</summary>
    public required string Policy { get; init; }

    /// <summary>Revision of the snapshot.</summary>
    public required long Revision { get; init; }

    /// <summary>When its source said so (UTC).</summary>
    public required DateTimeOffset ObservedAt { get; init; }

    /// <summary>How long ago that is, in seconds.</summary>
    public required double AgeSeconds { get; init; }

    /// <summary><c>live</c>, <c>stale</c> or <c>fallback</c>.</summary>
    [AllowedValues("live", "stale", "fallback")]
    public required string Freshness { get; init; }

    /// <summary>Why it is not live.</summary>
    public string? FreshnessReason { get; init; }

    /// <summary>What the request has affinity to; absent when to nothing.</summary>
    public string? Key { get; init; }

    /// <summary>The hash of the key that policies work with, 16 hexadecimal digits.</summary>
    public string? KeyHash { get; init; }

    /// <summary>How many endpoints the snapshot has.</summary>
    public required int Considered { get; init; }

    /// <summary>What was done to them, in order.</summary>
    public required IReadOnlyList<FilterStepDocument> Steps { get; init; }

    /// <summary>Who is left, in order of failover group and id.</summary>
    public required IReadOnlyList<CandidateDocument> Candidates { get; init; }

    /// <summary>What a score is and which wins; absent when the policy has none.</summary>
    public string? ScoreMeaning { get; init; }

    /// <summary>True while so few are left that ejected endpoints are used as well.</summary>
    public bool Panicking { get; init; }

    /// <summary>The id of the endpoint that a request would be sent to now; absent when there is none.</summary>
    public string? Winner { get; init; }

    /// <summary>Why that one, or why none.</summary>
    public required string Why { get; init; }
}

/// <summary>What one filter did.</summary>
public sealed record FilterStepDocument
{
    /// <summary>The filter, such as <c>zone</c>.</summary>
    public required string Filter { get; init; }

    /// <summary>How many endpoints it was given.</summary>
    public required int Before { get; init; }

    /// <summary>How many it left.</summary>
    public required int After { get; init; }

    /// <summary>What it decided, in sentences; absent when there is nothing to say.</summary>
    public IReadOnlyList<string>? Notes { get; init; }

    /// <summary>Whom it took away; absent when nobody.</summary>
    public IReadOnlyList<RemovedDocument>? Removed { get; init; }
}

/// <summary>An endpoint that a filter took away.</summary>
/// <param name="Id">The endpoint.</param>
/// <param name="Reason">Why.</param>
public sealed record RemovedDocument(string Id, string Reason);

/// <summary>An endpoint that the policy chooses among.</summary>
public sealed record CandidateDocument
{
    /// <summary>The endpoint.</summary>
    public required string Id { get; init; }

    /// <summary>Host or IP address.</summary>
    public required string Address { get; init; }

    /// <summary>Its failover group; left out for the first, 0.</summary>
    public int? Priority { get; init; }

    /// <summary>Its failure domain.</summary>
    public string? Zone { get; init; }

    /// <summary>Its weight as its owner has set it, 0 to 100.</summary>
    public required int Weight { get; init; }

    /// <summary>The part of its failover group's weight that the filters leave it, 0 to 1.</summary>
    public required double Share { get; init; }

    /// <summary>Requests of this process to it that have not ended.</summary>
    public required int InFlight { get; init; }

    /// <summary>The median of its latency in the last interval in which this process had answers, in seconds; absent without.</summary>
    public double? LatencySeconds { get; init; }

    /// <summary>The policy's score; absent when it has none.</summary>
    public double? Score { get; init; }

    /// <summary>Why this process keeps requests away from it and until when; absent while it does not.</summary>
    public string? Avoided { get; init; }
}
