using System.Text.Json.Serialization;

namespace Rollcall.Cli.Gossip;

/// <summary>Source-generated serialization of what a node and those who ask it say to each other, and of what is printed of it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, MaxDepth = 8)]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlAnswer))]
[JsonSerializable(typeof(MembersDocument))]
[JsonSerializable(typeof(TagsDocument))]
[JsonSerializable(typeof(KeysDocument))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class ControlJson : JsonSerializerContext;
