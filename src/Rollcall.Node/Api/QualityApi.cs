using Microsoft.AspNetCore.Http;
using Rollcall.Api;
using Rollcall.Node.Live;
using Rollcall.Node.OpenApi;
using Rollcall.Node.Problems;

namespace Rollcall.Node.Api;

/// <summary>How well the instances of a service serve, as they say themselves; of the one that is shown when none is named.</summary>
internal sealed class QualityApi(NodeParts parts, LiveView view)
{
    private static readonly ParameterDescription Service = new("service", "Which; without it the first that is imported, or the only one.");

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        routes.Map("GET", "/api/quality/metrics", GetAll, new("The quality of each instance.") { Parameters = [Service], Answer = typeof(IReadOnlyList<QualityMetricsDocument>) });
        routes.Map("GET", "/api/quality/metrics/{id}", GetOne, new("The quality of one instance.") { Parameters = [Service], Answer = typeof(QualityMetricsDocument), Problems = [404] });
        routes.Map("GET", "/api/quality/summary", GetSummary, new("The quality of all of them together.") { Parameters = [Service], Answer = typeof(QualitySummaryDocument) });
        routes.Map("GET", "/api/circuit-breakers", GetBreakers, new("The circuit breakers of the gateway, by cluster.") { Answer = typeof(IReadOnlyDictionary<string, GatewayBreakerDocument>) });
        routes.Map("GET", "/api/circuit-breakers/{name}", GetBreaker, new("One of them.") { Answer = typeof(GatewayBreakerDocument), Problems = [404] });
    }

    private IReadOnlyList<LiveInstanceDocument> InstancesOf(HttpContext context) =>
        (context.Request.Query["service"].ToString() is { Length: > 0 } named ? named : view.Default) is { } service && view.Get(service) is { } answer ? answer.Document.Instances : [];

    private static QualityMetricsDocument Of(LiveInstanceDocument instance) => new(instance.Id, instance.Ready, instance.Quality, instance.Health.CheckedAt);

    private static double? Mean(IEnumerable<double?> values) => values.OfType<double>().ToArray() is { Length: > 0 } known ? Math.Round(known.Average(), 2) : null;

    private ValueTask<Problem?> GetAll(HttpContext context)
    {
        Answer.WithDocument(context, [.. InstancesOf(context).Select(Of)], ApiJson.Default.IReadOnlyListQualityMetricsDocument);
        return default;
    }

    private ValueTask<Problem?> GetOne(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        if (InstancesOf(context).FirstOrDefault(instance => instance.Id == id || instance.InstanceId == id) is not { } found)
            return new(new Problem(ProblemKind.InstanceNotFound, "There is no such instance; GET /api/instances lists those there are."));
        Answer.WithDocument(context, Of(found), ApiJson.Default.QualityMetricsDocument);
        return default;
    }

    private ValueTask<Problem?> GetSummary(HttpContext context)
    {
        var instances = InstancesOf(context);
        var (ready, qualities) = (instances.Count(static instance => instance.Ready), instances.Select(static instance => instance.Quality).OfType<QualityDocument>().ToArray());
        var average = new QualityDocument
        {
            FrameRate = Mean(qualities.Select(static quality => quality.FrameRate)),
            TargetFrameRate = Mean(qualities.Select(static quality => quality.TargetFrameRate)),
            LatencyMs = Mean(qualities.Select(static quality => quality.LatencyMs)),
            PacketLossPercent = Mean(qualities.Select(static quality => quality.PacketLossPercent)),
            BandwidthKbps = Mean(qualities.Select(static quality => quality.BandwidthKbps)),
            Viewers = qualities.Sum(static quality => quality.Viewers ?? 0),
        };
        Answer.WithDocument(context, new QualitySummaryDocument(instances.Count, ready, instances.Count == 0 ? 100 : Math.Round(100.0 * ready / instances.Count, 2), average), ApiJson.Default.QualitySummaryDocument);
        return default;
    }

    private Dictionary<string, GatewayBreakerDocument> Breakers() => parts.Gateway() is { } gateway
        ? gateway.Report().Clusters.Where(static cluster => cluster.Breaker is not null).ToDictionary(static cluster => cluster.Name, static cluster => cluster.Breaker!, StringComparer.Ordinal)
        : [];

    private ValueTask<Problem?> GetBreakers(HttpContext context)
    {
        Answer.WithDocument(context, Breakers(), ApiJson.Default.IReadOnlyDictionaryStringGatewayBreakerDocument);
        return default;
    }

    private ValueTask<Problem?> GetBreaker(HttpContext context)
    {
        if (!Breakers().TryGetValue((string)context.Request.RouteValues["name"]!, out var breaker))
            return new(new Problem(ProblemKind.RouteNotFound, "There is no such circuit breaker; GET /api/circuit-breakers lists those of the gateway, if there is one."));
        Answer.WithDocument(context, breaker, ApiJson.Default.GatewayBreakerDocument);
        return default;
    }
}
