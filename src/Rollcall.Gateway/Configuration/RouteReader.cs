using System.Collections.Immutable;
using System.Globalization;
using Rollcall.Sources.Text;

namespace Rollcall.Gateway.Configuration;

/// <summary>Reads one route.</summary>
internal sealed class RouteReader(ClusterReader clusters, List<ConfigError> errors)
{
    /// <summary>The name of the route that takes what no other does.</summary>
    public const string DefaultName = "default";

    private const int MaxMirroredBody = 64 * 1024 * 1024;

    private static readonly string[] MatchKeys = ["host", "path", "methods", "headers", "query", "order"];

    private static readonly string[] Keys =
    [
        "to", "splits", "stickyBy", "affinity", "rateLimits", "maxConcurrent", "mirror", "timeout", "idleTimeout", "maxBodyBytes", "transforms",
    ];

    public GatewayRouteConfig? Read(ScalarNode name, DataNode value)
    {
        var where = $"route '{name.Text}'";
        if (string.Equals(name.Text, DefaultName, StringComparison.Ordinal))
            errors.Add(new(name.Line, name.Column, $"{where}: the route for all other requests stands beside 'routes', as the key 'default'"));
        else if (ConfigNames.ProblemOf(name.Text!) is { } problem)
            errors.Add(new(name.Line, name.Column, $"{where}: {problem}"));
        if (value is not MapNode map)
        {
            errors.Add(new(value.Line, value.Column, $"{where}: must be a map with 'to' and what it takes: host, path, methods, headers, query"));
            return null;
        }

        var part = new Section(map, where, errors, [.. MatchKeys, .. Keys]);
        var match = MatchReader.Read(part);
        if (match is { Path: null, Hosts.IsEmpty: true })
            part.Fail(map, "names no host and no path; the route for all other requests is the key 'default' beside 'routes'");
        return Read(name.Text!, part, map, match) with { Order = ReadOrder(part) };
    }

    /// <summary>The route for what no other takes: a target, a cluster's name, or a map like any route's.</summary>
    public GatewayRouteConfig? ReadDefault(DataNode value)
    {
        var match = new RouteMatchConfig { Path = "/{**rest}" };
        if (value is MapNode map)
            return Read(DefaultName, new Section(map, DefaultName, errors, Keys), map, match) with { Order = int.MaxValue };
        if (value is ScalarNode { Text: { } text })
        {
            return clusters.Resolve(text, value, DefaultName) is { } cluster
                ? new()
                {
                    Name = DefaultName,
                    Fingerprint = $"{Fingerprint.Of(value)} {clusters.FingerprintOf(cluster)}",
                    Match = match,
                    Order = int.MaxValue,
                    Splits = [new(SplitReader.OnlyVersion, cluster, 100)],
                    Place = value,
                    TransformsPlace = value,
                }
                : null;
        }

        errors.Add(new(value.Line, value.Column, $"{DefaultName}: must be a target, the name of a cluster, or a map with 'to'"));
        return null;
    }

    private GatewayRouteConfig Read(string name, Section part, MapNode map, RouteMatchConfig match)
    {
        var splits = SplitReader.Read(part, clusters);
        var mirror = ReadMirror(part);
        IEnumerable<string> used = [.. splits.Select(static split => split.Cluster), .. mirror is null ? [] : new[] { mirror.Cluster }];
        return new GatewayRouteConfig
        {
            Name = name,
            Fingerprint = string.Join(' ', used.Select(clusters.FingerprintOf).Prepend(Fingerprint.Of(map))),
            Match = match,
            Splits = splits,
            StickyBy = RequestKeyReader.Read(part, "stickyBy"),
            Affinity = AffinityReader.Read(part, splits, clusters),
            RateLimits = ReadRateLimits(part),
            MaxConcurrent = (int?)part.Number("maxConcurrent", 1, 1_000_000),
            Mirror = mirror,
            Timeout = part.Duration("timeout", TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1)),
            IdleTimeout = part.Duration("idleTimeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromDays(1)) ?? TimeSpan.FromSeconds(100),
            MaxBodyBytes = ReadMaxBody(part),
            Transforms = ReadTransforms(part),
            Place = map,
            TransformsPlace = part.Place("transforms"),
        };
    }

    private static int? ReadOrder(Section part)
    {
        if (part.Text("order") is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var order) && order is > -1_000_000 and < 1_000_000)
            return order;
        part.Fail("order", $"'order' is '{text}'; it must be a number from -999999 to 999999");
        return null;
    }

    private static long? ReadMaxBody(Section part) => part.Text("maxBodyBytes") is "unlimited" ? -1 : part.Number("maxBodyBytes", 0, 1L << 50);

    private MirrorConfig? ReadMirror(Section part)
    {
        if (part.Part("mirror", "to", "share", "maxBodyBytes", "maxConcurrent") is not { } mirror)
            return null;
        if (!mirror.Has("to"))
            mirror.Fail("to", "'to' is missing: the cluster or target that gets the copies");
        var percent = mirror.Percent("share") ?? 100;
        var maxBodyBytes = (int)(mirror.Number("maxBodyBytes", 0, MaxMirroredBody) ?? 64 * 1024);
        var maxConcurrent = (int)(mirror.Number("maxConcurrent", 1, 100_000) ?? 100);
        return mirror.Text("to") is { } to && clusters.Resolve(to, mirror.Place("to"), mirror.Where) is { } cluster
            ? new(cluster, percent, maxBodyBytes, maxConcurrent)
            : null;
    }

    private static ImmutableArray<RateLimitConfig> ReadRateLimits(Section part)
    {
        var limits = ImmutableArray.CreateBuilder<RateLimitConfig>();
        foreach (var item in part.List("rateLimits"))
        {
            if (item is not MapNode map)
            {
                part.Fail(item, "rateLimits: each must be a map with 'requests'");
                continue;
            }

            var limit = new Section(map, $"{part.Where}, rateLimits", part.Errors, "requests", "per", "burst", "by");
            if (!limit.Has("requests"))
                limit.Fail("requests", "'requests' is missing");
            var requests = (int)(limit.Number("requests", 1, 10_000_000) ?? 1);
            limits.Add(new(
                requests,
                limit.Duration("per", TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1)) ?? TimeSpan.FromSeconds(1),
                (int)(limit.Number("burst", 1, 10_000_000) ?? requests),
                limit.Text("by") is "route" ? null : RequestKeyReader.Read(limit, "by")));
        }

        return limits.DrainToImmutable();
    }

    // What names a header, a trailer or a parameter; an empty name only comes out when YARP makes the transform.
    private static bool IsName(string key) => key.StartsWith("RequestHeader", StringComparison.OrdinalIgnoreCase)
        || key.StartsWith("Response", StringComparison.OrdinalIgnoreCase)
        || key.StartsWith("Query", StringComparison.OrdinalIgnoreCase);

    private static ImmutableArray<ImmutableSortedDictionary<string, string>> ReadTransforms(Section part)
    {
        var transforms = ImmutableArray.CreateBuilder<ImmutableSortedDictionary<string, string>>();
        foreach (var item in part.List("transforms"))
        {
            var values = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var (key, value) in (item as MapNode)?.Entries ?? [])
            {
                if (value is ScalarNode scalar && !(IsName(key.Text!) && string.IsNullOrEmpty(scalar.Text)))
                    values[key.Text!] = scalar.Text ?? "";
                else if (value is ScalarNode)
                    part.Fail(value, $"transforms: '{key.Text}' must be a name");
                else
                    part.Fail(value, $"transforms: '{key.Text}' must be text");
            }

            if (item is not MapNode)
                part.Fail(item, "transforms: each must be a map, such as PathRemovePrefix: /api");
            else
                transforms.Add(values.ToImmutable());
        }

        return transforms.DrainToImmutable();
    }
}
