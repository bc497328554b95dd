using System.Text.Json;
using Rollcall.Api;

namespace Rollcall.Node.Live;

/// <summary>What an instance said of itself when it was asked. Immutable.</summary>
/// <param name="At">When (UTC).</param>
/// <param name="Problem">Why that is no good; null when it is.</param>
/// <param name="Details">Its answer, when that was JSON.</param>
/// <param name="Quality">How well it serves, as far as it says so.</param>
internal sealed record HealthReading(DateTimeOffset At, string? Problem, JsonElement? Details, QualityDocument? Quality)
{
    /// <summary>Reads an answer; text that is no JSON says nothing more than that there was one.</summary>
    public static HealthReading Of(DateTimeOffset at, int status, ReadOnlySpan<byte> body)
    {
        var problem = status is >= 200 and <= 299 ? null : $"it answers {status}";
        try
        {
            var reader = new Utf8JsonReader(body);
            var root = JsonElement.ParseValue(ref reader);
            return root.ValueKind == JsonValueKind.Object ? new(at, problem, root, QualityOf(root)) : new(at, problem, null, null);
        }
        catch (JsonException)
        {
            return new(at, problem, null, null);
        }
    }

    private static QualityDocument? QualityOf(JsonElement root)
    {
        var part = root.TryGetProperty("quality", out var quality) && quality.ValueKind == JsonValueKind.Object ? quality
            : root.TryGetProperty("metrics", out var metrics) && metrics.ValueKind == JsonValueKind.Object ? metrics
            : root;
        var found = new QualityDocument
        {
            FrameRate = Number(part, "frameRate", "fps"),
            TargetFrameRate = Number(part, "targetFrameRate", "targetFps"),
            LatencyMs = Number(part, "latencyMs", "latency"),
            PacketLossPercent = Number(part, "packetLossPercent", "packetLoss"),
            Viewers = (int?)Number(part, "viewers", "connectedViewers"),
        };
        return found == new QualityDocument() ? null : found;
    }

    private static double? Number(JsonElement part, params ReadOnlySpan<string> names)
    {
        const double Most = 1e9;
        foreach (var name in names)
        {
            if (part.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number is >= 0 and <= Most)
                return number;
        }

        return null;
    }
}
