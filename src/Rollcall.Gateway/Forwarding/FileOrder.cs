using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;
using RoutingEndpoint = Microsoft.AspNetCore.Http.Endpoint;

namespace Rollcall.Gateway.Forwarding;

/// <summary>
/// Of routes that take the same request and differ in nothing else that decides, the first of the file does. Without it such a request would be answered with 500: two routes
/// that ask for different headers are of the same rank, and a request may have both.
/// </summary>
internal sealed class FileOrder : MatcherPolicy, IEndpointComparerPolicy
{
    /// <summary>After all others: paths, methods, hosts, headers and the query.</summary>
    public override int Order => int.MaxValue;

    public IComparer<RoutingEndpoint> Comparer { get; } = new PlaceComparer();

    private sealed class PlaceComparer : IComparer<RoutingEndpoint>
    {
        public int Compare(RoutingEndpoint? x, RoutingEndpoint? y) => PlaceOf(x).CompareTo(PlaceOf(y));

        private static int PlaceOf(RoutingEndpoint? endpoint) => endpoint?.Metadata.GetMetadata<RoutePlace>()?.Index ?? int.MaxValue;
    }
}

/// <summary>Where in its file a route stands.</summary>
/// <param name="Index">0 for the first.</param>
internal sealed record RoutePlace(int Index);
