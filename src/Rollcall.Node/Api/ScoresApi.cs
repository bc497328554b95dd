using Microsoft.AspNetCore.Http;
using Rollcall.Api;
using Rollcall.Node.Live;
using Rollcall.Node.OpenApi;
using Rollcall.Node.Problems;
using Rollcall.Node.Requests;

namespace Rollcall.Node.Api;

/// <summary>How well all services are, in one answer: what a list of them is sorted and searched by.</summary>
internal sealed class ScoresApi(NodeParts parts, LiveView view)
{
    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes) => routes.Map("GET", "/api/scores", Get, new("The health scores of services and their instances. Has these asked how they are.")
    {
        Parameters = [new ParameterDescription("service", "Which, up to 100; without it all.", Repeats: true)],
        Answer = typeof(ScoresDocument),
        Problems = [400],
    });

    private ValueTask<Problem?> Get(HttpContext context)
    {
        if (Query.ReadWatch(context.Request.QueryString.Value, out var named) is { } wrong)
            return new(wrong);
        var services = parts.Registry.Catalog.KnownServices
            .Select(static service => service.Service)
            .Where(service => named is null || named.Contains(service))
            .Order(StringComparer.Ordinal)
            .Select(view.Scores);
        Answer.WithDocument(context, new ScoresDocument([.. services]), ApiJson.Default.ScoresDocument);
        return default;
    }
}
