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
[JsonSerializable(typeof(DrainPreviewDocument))]
[JsonSerializable(typeof(WatchersDocument))]
[JsonSerializable(typeof(FindingsDocument))]
[JsonSerializable(typeof(HistoryDocument))]
[JsonSerializable(typeof(ChangeDocument))]
[JsonSerializable(typeof(SnapshotDocument))]
[JsonSerializable(typeof(StatusReportDocument))]
[JsonSerializable(typeof(ExplanationDocument))]
[JsonSerializable(typeof(GatewayDocument))]
[JsonSerializable(typeof(GatewayRouteDocument))]
[JsonSerializable(typeof(GatewayShiftDocument))]
[JsonSerializable(typeof(LiveInstancesDocument))]
[JsonSerializable(typeof(IReadOnlyList<LiveInstanceDocument>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, GatewayBreakerDocument>))]
[JsonSerializable(typeof(LiveErrorDocument))]
[JsonSerializable(typeof(ScoresDocument))]
[JsonSerializable(typeof(DiscoveryInfoDocument))]
[JsonSerializable(typeof(RefreshDocument))]
[JsonSerializable(typeof(IReadOnlyList<QualityMetricsDocument>))]
[JsonSerializable(typeof(QualityMetricsDocument))]
[JsonSerializable(typeof(QualitySummaryDocument))]
[JsonSerializable(typeof(ProblemDocument))]
public sealed partial class ApiJson : JsonSerializerContext;
