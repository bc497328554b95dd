using System.Net.Http.Json;
using System.Text.Json.Serialization;

namespace Checkout;

/// <summary>The orders service as its callers see it: a name, not addresses.</summary>
internal sealed class OrdersClient(HttpClient http)
{
    /// <summary>Which instance answered.</summary>
    public async Task<string> AskAsync(string path, CancellationToken cancellationToken)
    {
        var answer = await http.GetFromJsonAsync(path, OrdersJson.Default.Answer, cancellationToken);
        return answer?.Instance ?? throw new InvalidDataException("The answer names no instance.");
    }
}

internal sealed record Answer(string? Instance, int Pid, int? Order);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Answer))]
internal sealed partial class OrdersJson : JsonSerializerContext;
