using System.Text.Json.Serialization;

namespace Orders;

/// <summary>Who answered, and for which order.</summary>
internal sealed record Answer(string? Instance, int Pid)
{
    public int? Order { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Answer))]
internal sealed partial class OrdersJson : JsonSerializerContext;
