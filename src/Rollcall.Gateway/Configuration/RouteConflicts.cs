using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Rollcall.Gateway.Configuration;

/// <summary>
/// Finds routes that say the same of the requests they take, so that the second would never get one. Those that only overlap are no mistake: <see cref="Forwarding.FileOrder"/>
/// decides between them.
/// </summary>
internal static partial class RouteConflicts
{
    public static void Find(ImmutableArray<GatewayRouteConfig> routes, List<ConfigError> errors)
    {
        var first = new Dictionary<string, GatewayRouteConfig>(StringComparer.Ordinal);
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

    /// <summary>Finds names that differ in case alone, which whoever reads metrics and logs would take for one.</summary>
    public static void FindNames(ImmutableArray<GatewayRouteConfig> routes, List<ConfigError> errors)
    {
        foreach (var same in routes.GroupBy(static route => route.Name, StringComparer.OrdinalIgnoreCase))
        {
            foreach (var route in same.Skip(1))
                errors.Add(new(route.Place.Line, route.Place.Column, $"route '{route.Name}': has the name of route '{same.First().Name}' in line {same.First().Place.Line}; names must differ in more than case"));
        }
    }

    /// <summary>Finds cookies that two routes would write for endpoints of different clusters: each would undo what the other has done.</summary>
    public static void FindCookies(ImmutableArray<GatewayRouteConfig> routes, List<ConfigError> errors)
    {
        foreach (var same in routes.Where(static route => route.Affinity?.Cookie is not null).GroupBy(static route => route.Affinity!.Cookie!.Name, StringComparer.Ordinal))
        {
            var first = same.First();
            foreach (var route in same.Where(route => ClustersOf(route) != ClustersOf(first)))
                errors.Add(new(route.Place.Line, route.Place.Column, $"route '{route.Name}': its cookie '{same.Key}' is that of route '{first.Name}' in line {first.Place.Line}, which leads elsewhere; give it another name"));
        }
    }

    private static string ClustersOf(GatewayRouteConfig route) =>
        string.Join(' ', route.Splits.Select(static split => $"{split.Version}={split.Cluster}").Order(StringComparer.Ordinal));

    private static IEnumerable<string> Keys(GatewayRouteConfig route)
    {
        // The names of parameters make no difference to what is matched.
        var path = Parameter().Replace(route.Match.Path ?? "/{**}", static match => $"{{{match.Groups["stars"].Value}{match.Groups["rest"].Value}}}").Trim('/').ToUpperInvariant();
        var fields = $"{KeyOf(route.Match.Headers)}|{KeyOf(route.Match.Query)}";
        foreach (var host in route.Match.Hosts.DefaultIfEmpty("*"))
        {
            foreach (var method in route.Match.Methods.DefaultIfEmpty("*"))
                yield return $"{route.Order ?? 0} {host.ToUpperInvariant()} {method.ToUpperInvariant()} {path} {fields}";
        }
    }

    // Names are told apart without case; each value with its length, so that none can look like two.
    private static string KeyOf(ImmutableArray<FieldMatchConfig> fields) => string.Join(
        ';',
        fields.Select(static field => string.Create(
            CultureInfo.InvariantCulture,
            $"{field.Name.ToUpperInvariant()} {field.Match} {string.Concat(field.Values.Order(StringComparer.Ordinal).Select(static value => string.Create(CultureInfo.InvariantCulture, $"{value.Length}:{value}")))}"))
            .Order(StringComparer.Ordinal));

    [GeneratedRegex(@"\{(?<stars>\**)\w*(?<rest>[^}]*)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();
}
