using System.Collections.Immutable;
using System.Net;
using Rollcall.Sources.Text;

namespace Rollcall.Gateway.Configuration;

/// <summary>Makes a configuration of a document, and notes everything that is wrong with it.</summary>
internal static class RoutesReader
{
    public static GatewayConfig Read(DataNode root, ConfigVocabulary vocabulary, List<ConfigError> errors)
    {
        if (root is not MapNode map)
        {
            errors.Add(new(root.Line, root.Column, "the file must be a map with the key 'routes'"));
            map = new MapNode([], root.Line, root.Column);
        }

        var file = new Section(
            map, "", errors, "routes", "clusters", "default", "unmatched", "trustedProxies", "certificates", "correlationHeader", "accessLog", "overload", "limits");
        var clusters = new ClusterReader(vocabulary, errors);
        clusters.ReadAll(file);
        var reader = new RouteReader(clusters, errors);
        var routes = ReadRoutes(file, reader);
        RouteConflicts.Find(routes, errors);
        RouteConflicts.FindNames(routes, errors);
        RouteConflicts.FindCookies(routes, errors);
        return new GatewayConfig
        {
            Routes = routes,
            Clusters = clusters.Used(),
            UnmatchedStatus = (int?)file.Number("unmatched", 400, 599),
            TrustedProxies = ReadProxies(file),
            Certificates = ReadCertificates(file),
            CorrelationHeader = ReadCorrelation(file),
            AccessLog = ReadAccessLog(file),
            Overload = ReadOverload(file),
            Limits = ReadLimits(file),
        };
    }

    private static ImmutableArray<GatewayRouteConfig> ReadRoutes(Section file, RouteReader reader)
    {
        var routes = ImmutableArray.CreateBuilder<GatewayRouteConfig>();
        if (file.Map("routes") is { } map)
        {
            foreach (var (name, value) in map.Entries)
            {
                if (reader.Read(name, value) is { } route)
                    routes.Add(route);
            }
        }

        if (file.Node("default") is { } fallback && reader.ReadDefault(fallback) is { } last)
            routes.Add(last);
        if (!file.Has("routes") && !file.Has("default"))
            file.Fail("routes", "there are no 'routes' and no 'default'; name at least one");
        return routes.DrainToImmutable();
    }

    private static ImmutableArray<IPNetwork> ReadProxies(Section file)
    {
        var networks = ImmutableArray.CreateBuilder<IPNetwork>();
        foreach (var (text, place) in file.Texts("trustedProxies"))
        {
            if (IPNetwork.TryParse(text, out var network))
                networks.Add(network);
            else if (IPAddress.TryParse(text, out var address))
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else
                file.Fail(place, $"trustedProxies: '{text}' is no address and no network; write 10.0.0.5 or 10.0.0.0/8");
        }

        return networks.DrainToImmutable();
    }

    private static ImmutableArray<CertificateConfig> ReadCertificates(Section file)
    {
        var certificates = ImmutableArray.CreateBuilder<CertificateConfig>();
        foreach (var item in file.List("certificates"))
        {
            if (item is not MapNode map)
            {
                file.Fail(item, "certificates: each must be a map with 'file'");
                continue;
            }

            var part = new Section(map, "certificates", file.Errors, "file", "key", "hosts");
            if (part.Text("file") is { } certificate)
                certificates.Add(new(certificate, part.Text("key"), [.. part.Texts("hosts").Select(static host => host.Text)], map));
            else if (!part.Has("file"))
                part.Fail(map, "'file' is missing");
        }

        return certificates.DrainToImmutable();
    }

    private static string? ReadCorrelation(Section file) => file.Text("correlationHeader") switch
    {
        null => "X-Request-Id",
        "none" => null,
        var name when HttpNames.IsToken(name) && !HttpNames.IsOfTheProtocol(name) => name,
        var name => FailCorrelation(file, name),
    };

    private static string? FailCorrelation(Section file, string name)
    {
        file.Fail("correlationHeader", $"'{name}' is no header for it; write one such as X-Request-Id, or none");
        return null;
    }

    private static AccessLogConfig? ReadAccessLog(Section file)
    {
        if (file.Part("accessLog", "file", "format") is not { } part)
            return null;
        if (!part.Has("file"))
            part.Fail("file", "'file' is missing; - is standard error");
        var format = part.OneOf("format", "json", "combined") is "combined" ? AccessLogFormat.Combined : AccessLogFormat.Json;
        return part.Text("file") is { } name ? new(name, format, part.Place("file")) : null;
    }

    private static LimitsConfig ReadLimits(Section file)
    {
        var limits = new LimitsConfig();
        if (file.Part("limits", "maxBodyBytes", "maxHeaderBytes", "maxConnections", "headersTimeout", "keepAliveTimeout") is not { } part)
            return limits;
        var (min, max) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        return new()
        {
            MaxBodyBytes = part.Text("maxBodyBytes") is "unlimited" ? null : part.Number("maxBodyBytes", 0, 1L << 50) ?? limits.MaxBodyBytes,
            MaxHeaderBytes = (int)(part.Number("maxHeaderBytes", 1024, 1024 * 1024) ?? limits.MaxHeaderBytes),
            MaxConnections = part.Number("maxConnections", 1, 10_000_000),
            HeadersTimeout = part.Duration("headersTimeout", min, max) ?? limits.HeadersTimeout,
            KeepAliveTimeout = part.Duration("keepAliveTimeout", min, max) ?? limits.KeepAliveTimeout,
        };
    }

    private static OverloadConfig? ReadOverload(Section file)
    {
        if (file.Part("overload", "maxConcurrent", "maxQueued", "maxWait") is not { } part)
            return null;
        if (!part.Has("maxConcurrent"))
            part.Fail("maxConcurrent", "'maxConcurrent' is missing");
        return new(
            (int)(part.Number("maxConcurrent", 1, 1_000_000) ?? 1),
            (int)(part.Number("maxQueued", 0, 1_000_000) ?? 0),
            part.Duration("maxWait", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)) ?? TimeSpan.FromSeconds(1));
    }
}
