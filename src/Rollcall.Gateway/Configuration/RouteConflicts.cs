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
