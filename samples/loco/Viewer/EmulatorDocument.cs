using System.Text.Json.Serialization;

namespace Loco.Viewer;

/// <summary>An emulator, and where its picture is.</summary>
internal sealed record EmulatorDocument(string Id, string State, string Vnc, int Viewers);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<EmulatorDocument>))]
internal sealed partial class ViewerJson : JsonSerializerContext;
