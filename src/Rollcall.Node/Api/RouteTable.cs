using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Rollcall.Node.OpenApi;

namespace Rollcall.Node.Api;

/// <summary>Collects the routes of the API.</summary>
internal sealed class RouteTable(IEndpointRouteBuilder endpoints, RequestEdge edge)
{
    /// <summary>Adds a route with its description. One that answers GET answers HEAD as well, unless its answer never ends.</summary>
    public void Map(string method, string pattern, RouteHandler handler, RouteDescription description)
    {
        // The method's metadata is what puts the route into the OpenAPI document.
        endpoints.MapMethods(pattern, [method], edge.Wrap(method, pattern, handler)).WithMetadata(handler.Method, description);
        if (method == "GET" && !description.IsEndless)
            endpoints.MapMethods(pattern, ["HEAD"], edge.Wrap("HEAD", pattern, handler));
    }
}
