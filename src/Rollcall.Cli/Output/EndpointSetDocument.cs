using Rollcall.Api;

namespace Rollcall.Cli.Output;

/// <summary>A snapshot as JSON, whatever it was found with: the API's words, with a target in place of a service.</summary>
internal sealed record EndpointSetDocument
{
    public required string Target { get; init; }

    public required long Revision { get; init; }

    public required DateTimeOffset ObservedAt { get; init; }

    /// <summary><c>live</c>, <c>stale</c> or <c>fallback</c>.</summary>
    public required string Freshness { get; init; }

    public string? FreshnessReason { get; init; }

    public required IReadOnlyList<EndpointDocument> Endpoints { get; init; }

    public static EndpointSetDocument Of(EndpointSet set) => new()
    {
        Target = set.Target.ToString(),
        Revision = set.Revision,
        ObservedAt = set.ObservedAt,
        Freshness = FreshnessText.Kind(set.Freshness),
        FreshnessReason = set.Freshness.Reason,
        Endpoints = [.. set.Endpoints.Select(EndpointDocument.Of)],
    };
}

/// <summary>One endpoint of a snapshot.</summary>
internal sealed record EndpointDocument
{
    public required string Id { get; init; }

    public required string Address { get; init; }

    public required IReadOnlyDictionary<string, int> Ports { get; init; }

    public required string State { get; init; }

    public string? Reason { get; init; }

    public required int Weight { get; init; }

    /// <summary>The failover group; left out for the first, 0.</summary>
    public int? Priority { get; init; }

    public string? Zone { get; init; }

    public string? Node { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    public DateTimeOffset? Since { get; init; }

    public static EndpointDocument Of(Endpoint endpoint) => new()
    {
        Id = endpoint.Id,
        Address = endpoint.Host,
        Ports = endpoint.Ports,
        State = StateText.Format(endpoint.State),
        Reason = endpoint.Reason,
        Weight = endpoint.Weight,
        Priority = endpoint.Priority == 0 ? null : endpoint.Priority,
        Zone = endpoint.Zone,
        Node = endpoint.Node,
        Metadata = endpoint.Metadata.Count == 0 ? null : endpoint.Metadata,
        Since = endpoint.Since,
    };
}
