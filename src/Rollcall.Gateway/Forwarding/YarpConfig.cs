using System.Globalization;
using Microsoft.Extensions.Primitives;
using Rollcall.Gateway.Configuration;
using Yarp.ReverseProxy.Configuration;

namespace Rollcall.Gateway.Forwarding;

/// <summary>A configuration as YARP reads it: matches and transforms. What is behind a cluster is none of its business.</summary>
internal sealed class YarpConfig : IProxyConfig, IDisposable
{
    // YARP wants one; where a request goes is decided for each.
    private const string Cluster = "any";

    private readonly CancellationTokenSource _outdated = new();

    public YarpConfig(IReadOnlyList<RouteConfig> routes, IReadOnlyList<ClusterConfig> clusters)
    {
        Routes = routes;
        Clusters = clusters;
        ChangeToken = new CancellationChangeToken(_outdated.Token);
    }

    public IReadOnlyList<RouteConfig> Routes { get; }

    public IReadOnlyList<ClusterConfig> Clusters { get; }

    public IChangeToken ChangeToken { get; }

    public void Replaced() => _outdated.Cancel();

    public void Dispose() => _outdated.Dispose();

    public static YarpConfig Of(GatewayConfig config) =>
        new([.. config.Routes.Select(static (route, index) => RouteOf(route, index))], [new ClusterConfig { ClusterId = Cluster }]);

    /// <param name="route">The route.</param>
    /// <param name="index">Where in the file it stands.</param>
    public static RouteConfig RouteOf(GatewayRouteConfig route, int index) => new()
    {
        RouteId = route.Name,

        ClusterId = Cluster,
        Order = route.Order,
        Match = new RouteMatch
        {
            Hosts = route.Match.Hosts.IsEmpty ? null : route.Match.Hosts,
            Path = route.Match.Path,
            Methods = route.Match.Methods.IsEmpty ? null : route.Match.Methods,
            Headers = route.Match.Headers.IsEmpty ? null : [.. route.Match.Headers.Select(HeaderOf)],
            QueryParameters = route.Match.Query.IsEmpty ? null : [.. route.Match.Query.Select(QueryOf)],
        },
        Transforms = route.Transforms.IsEmpty ? null : [.. route.Transforms],

        // YARP keeps the endpoint of a route that is equal to the one before; ours carries what runs and where it stands, so it must be another when either is.
        Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["rollcall"] = string.Create(CultureInfo.InvariantCulture, $"{index} {route.Fingerprint}") },
    };

    private static RouteHeader HeaderOf(FieldMatchConfig field) => new()
    {
        Name = field.Name,
        Values = field.Values.IsEmpty ? null : field.Values,
        Mode = field.Match switch
        {
            FieldMatch.Exact => HeaderMatchMode.ExactHeader,
            FieldMatch.Prefix => HeaderMatchMode.HeaderPrefix,
            FieldMatch.Contains => HeaderMatchMode.Contains,
            FieldMatch.NotContains => HeaderMatchMode.NotContains,
            FieldMatch.Exists => HeaderMatchMode.Exists,
            _ => HeaderMatchMode.NotExists,
        },
    };

    private static RouteQueryParameter QueryOf(FieldMatchConfig field) => new()
    {
        Name = field.Name,
        Values = field.Values.IsEmpty ? null : field.Values,
        Mode = field.Match switch
        {
            FieldMatch.Exact => QueryParameterMatchMode.Exact,
            FieldMatch.Prefix => QueryParameterMatchMode.Prefix,
            FieldMatch.Contains => QueryParameterMatchMode.Contains,
            FieldMatch.NotContains => QueryParameterMatchMode.NotContains,
            _ => QueryParameterMatchMode.Exists,
        },
    };
}
