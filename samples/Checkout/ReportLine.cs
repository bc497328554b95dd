using System.Text.Json.Serialization;

namespace Checkout;

/// <summary>One line of the report.</summary>
internal sealed record ReportLine
{
    public required DateTimeOffset Time { get; init; }

    /// <summary>Requests that have ended, one way or the other.</summary>
    public required long Requests { get; init; }

    /// <summary>Tries: a request sent again counts again.</summary>
    public required long Tries { get; init; }

    public required double SlowestMs { get; init; }

    /// <summary>How many requests failed, by reason.</summary>
    public required IReadOnlyDictionary<string, long> Failures { get; init; }

    public required IReadOnlyList<ReportInstance> Instances { get; init; }

    /// <summary>How much the watch trusts what it knows: Live, Stale or Fallback; waiting before it knows anything.</summary>
    public required string Freshness { get; init; }

    public string? FreshnessReason { get; init; }

    /// <summary>What the watch believes.</summary>
    public required IReadOnlyList<ReportEndpoint> Endpoints { get; init; }
}

/// <summary>What one instance has served.</summary>
/// <param name="Id">The instance.</param>
/// <param name="Requests">Requests it has answered.</param>
/// <param name="LastServed">When its last answer came.</param>
/// <param name="LastSent">When anything was last sent to it.</param>
internal sealed record ReportInstance(string Id, long Requests, DateTimeOffset? LastServed, DateTimeOffset? LastSent);

/// <summary>What the watch believes of one endpoint.</summary>
internal sealed record ReportEndpoint(string Id, string State, string? Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReportLine))]
internal sealed partial class ReportJson : JsonSerializerContext;
