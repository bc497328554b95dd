using System.Text.Json.Serialization;

namespace Rollcall.Consul.Health;

// The answer of /v1/health/service/NAME, as far as it is used.

internal sealed record EntryDocument
{
    public NodeDocument? Node { get; init; }

    public ServiceDocument? Service { get; init; }

    public IReadOnlyList<CheckDocument>? Checks { get; init; }
}

internal sealed record NodeDocument
{
    public string? Node { get; init; }

    public string? Address { get; init; }

    public IReadOnlyDictionary<string, string?>? TaggedAddresses { get; init; }

    public IReadOnlyDictionary<string, string?>? Meta { get; init; }

    public LocalityDocument? Locality { get; init; }
}

internal sealed record ServiceDocument
{
    [JsonPropertyName("ID")]
    public string? Id { get; init; }

    public string? Address { get; init; }

    public int Port { get; init; }

    public IReadOnlyList<string?>? Tags { get; init; }

    public IReadOnlyDictionary<string, string?>? Meta { get; init; }

    public IReadOnlyDictionary<string, TaggedAddressDocument?>? TaggedAddresses { get; init; }

    public WeightsDocument? Weights { get; init; }

    public LocalityDocument? Locality { get; init; }
}

internal sealed record TaggedAddressDocument
{
    public string? Address { get; init; }

    public int Port { get; init; }
}

internal sealed record WeightsDocument
{
    public int Passing { get; init; } = 1;

    public int Warning { get; init; } = 1;
}

internal sealed record LocalityDocument
{
    public string? Zone { get; init; }
}

internal sealed record CheckDocument
{
    [JsonPropertyName("CheckID")]
    public string? CheckId { get; init; }

    public string? Name { get; init; }

    public string? Status { get; init; }

    public string? Notes { get; init; }
}

[JsonSerializable(typeof(EntryDocument[]))]
internal sealed partial class HealthJson : JsonSerializerContext;
