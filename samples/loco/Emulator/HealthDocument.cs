using System.Text.Json.Serialization;

namespace Loco.Emulator;

/// <summary>What <c>GET /health</c> answers.</summary>
internal sealed record HealthDocument(string Status, bool Ready, int UptimeSeconds, QualityDocument? Quality);

/// <summary>How good the picture is.</summary>
/// <param name="FrameRate">Frames drawn in a second, lately.</param>
/// <param name="TargetFrameRate">What it should be.</param>
/// <param name="LatencyMs">From a frame being drawn to its being sent to a viewer, lately; 0 while nobody looks.</param>
/// <param name="PacketLossPercent">Always 0: the picture goes by TCP.</param>
/// <param name="Viewers">Who looks now.</param>
internal sealed record QualityDocument(double FrameRate, int TargetFrameRate, double LatencyMs, double PacketLossPercent, int Viewers);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HealthDocument))]
internal sealed partial class HealthJson : JsonSerializerContext;
