using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Rollcall.Gateway.Configuration;

/// <summary>Finds routes of which none comes before the other: a request that both take could go nowhere.</summary>
internal static partial class RouteConflicts
{
    public static void Find(ImmutableArray<GatewayRouteConfig> routes, List<ConfigError> errors)
    {
        var first = new Dictionary<string, GatewayRouteConfig>(StringComparer.OrdinalIgnoreCase);
        foreach (var route in routes)
        {
            foreach (var key in Keys(route))
            {
                if (first.TryAdd(key, route) || ReferenceEquals(first[key], route))
                    continue;
                errors.Add(new(
                    route.Place.Line,
                    route.Place.Column,
                    $"route '{route.Name}': takes the same requests as route '{first[key].Name}' in line {first[key].Place.Line}; give one of them another 'order'"));
                break;
            }
        }
    }

    private static IEnumerable<string> Keys(GatewayRouteConfig route)
    {
        // The names of parameters make no difference to what is matched.
        var path = Parameter().Replace(route.Match.Path ?? "/{**}", static match => $"{{{match.Groups["stars"].Value}{match.Groups["rest"].Value}}}").Trim('/');
        var fields = string.Join(';', route.Match.Headers.Concat(route.Match.Query).Select(static field => $"{field.Name} {field.Match} {string.Join(',', field.Values)}").Order(StringComparer.Ordinal));
        foreach (var host in route.Match.Hosts.DefaultIfEmpty("*"))
        {
            foreach (var method in route.Match.Methods.DefaultIfEmpty("*"))
                yield return $"{route.Order ?? 0} {host} {method} {path} {fields}";
        }
    }

    [GeneratedRegex(@"\{(?<stars>\**)\w*(?<rest>[^}]*)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();
}
