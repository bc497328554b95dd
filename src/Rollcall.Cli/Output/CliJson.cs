using System.Text.Json;
using System.Text.Json.Serialization;
using Rollcall.Registry.Journaling;

namespace Rollcall.Cli.Output;

/// <summary>Source-generated serialization of what only the command line says; spelled as the API spells its documents.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(KindConverter)])]
[JsonSerializable(typeof(EndpointSetDocument))]
[JsonSerializable(typeof(PickDocument))]
[JsonSerializable(typeof(JournalVerification))]
[JsonSerializable(typeof(JournalRepairResult))]
[JsonSerializable(typeof(ProgramVersion))]
internal sealed partial class CliJson : JsonSerializerContext
{
    private sealed class KindConverter() : JsonStringEnumConverter<JournalFileKind>(JsonNamingPolicy.CamelCase);
}
