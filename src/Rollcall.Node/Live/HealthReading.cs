using System.Text.Json;
using Rollcall.Api;

namespace Rollcall.Node.Live;

/// <summary>What an instance said of itself when it was asked. Immutable.</summary>
/// <param name="At">When (UTC).</param>
/// <param name="Problem">Why that is no good; null when it is.</param>
/// <param name="Details">Its answer, when that was JSON and short enough to be passed on.</param>
/// <param name="Quality">How well it serves, as far as it says so.</param>
internal sealed record HealthReading(DateTimeOffset At, string? Problem, JsonElement? Details, QualityDocument? Quality)
{
    /// <summary>The longest answer that is kept and passed on, in bytes: every viewer of the instance is sent it.</summary>
    public const int MaxDetails = 2 * 1024;

    // That it says the same again is told this often.
    private static readonly TimeSpan SameFor = TimeSpan.FromMinutes(1);

    /// <summary>Reads an answer; text that is no JSON says nothing more than that there was one.</summary>
    public static HealthReading Of(DateTimeOffset at, int status, ReadOnlySpan<byte> body)
    {
        var problem = status is >= 200 and <= 299 ? null : $"it answers {status}";
        try
        {
            var reader = new Utf8JsonReader(body);
            var root = JsonElement.ParseValue(ref reader);
            return root.ValueKind == JsonValueKind.Object ? new(at, problem, DetailsOf(root, body.Length), QualityOf(root)) : new(at, problem, null, null);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Names and texts are unescaped when they are looked at, and not all that parses is text: \ud800 alone is none.
            return new(at, problem, null, null);
        }
    }

    /// <summary>True when there is nothing new in this one that would have to be shown soon.</summary>
    public bool SaysTheSame(HealthReading? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Problem == other.Problem && Quality == other.Quality && (At - other.At).Duration() < SameFor
            && (Details is { } mine && other.Details is { } theirs ? JsonElement.DeepEquals(mine, theirs) : Details is null && other.Details is null));

    // Written once here, so that it can be written whenever it is wanted.
    private static JsonElement? DetailsOf(JsonElement root, int length)
    {
        if (length > MaxDetails)
            return null;
        using var written = new MemoryStream(length);
        using var json = new Utf8JsonWriter(written);
        root.WriteTo(json);
        return root;
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
            BandwidthKbps = Number(part, "bandwidthKbps", "bandwidth"),
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
