using System.Text.Json.Serialization;

namespace Rollcall.Api;

/// <summary>Source-generated serialization of the API's documents: camel case, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RegistrationDocument))]
[JsonSerializable(typeof(WriteDocument))]
[JsonSerializable(typeof(ServiceDocument))]
[JsonSerializable(typeof(ServiceListDocument))]
[JsonSerializable(typeof(RenewRequestDocument))]
[JsonSerializable(typeof(RenewResponseDocument))]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(DrainDocument))]
[JsonSerializable(typeof(WatchersDocument))]
[JsonSerializable(typeof(FindingsDocument))]
[JsonSerializable(typeof(HistoryDocument))]
[JsonSerializable(typeof(ChangeDocument))]
[JsonSerializable(typeof(StatusReportDocument))]
[JsonSerializable(typeof(ExplanationDocument))]
[JsonSerializable(typeof(GatewayDocument))]
[JsonSerializable(typeof(GatewayRouteDocument))]
[JsonSerializable(typeof(GatewayShiftDocument))]
[JsonSerializable(typeof(ProblemDocument))]
public sealed partial class ApiJson : JsonSerializerContext;
