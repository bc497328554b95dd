using System.Collections.Immutable;
using System.Net.Quic;
using Rollcall.Sources.Text;

namespace Rollcall.Gateway.Configuration;

/// <summary>Reads the clusters of a file, and makes one for each target that a route names directly.</summary>
internal sealed class ClusterReader(ConfigVocabulary vocabulary, List<ConfigError> errors)
{
    private static readonly string[] Keys = ["target", "scheme", "port", "protocol", "maxConnections", "tls"];

    private readonly Dictionary<string, GatewayClusterConfig> _clusters = new(StringComparer.Ordinal);

    // Also those that are wrong, so that a route that uses one is not told to be wrong, too.
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);

    public void ReadAll(Section file)
    {
        if (file.Map("clusters") is not { } map)
            return;
        foreach (var (name, value) in map.Entries)
        {
            _named.Add(name.Text!);
            if (ConfigNames.ProblemOf(name.Text!) is { } problem)
                errors.Add(new(name.Line, name.Column, $"cluster '{name.Text}': {problem}"));
            else if (Read(name.Text!, value) is { } cluster)
                _clusters.Add(name.Text!, cluster);
        }
    }

    /// <summary>The name of the cluster that a text stands for: a cluster's, or a target; null when it is neither, which is noted.</summary>
    public string? Resolve(string text, DataNode place, string where)
    {
        if (_named.Contains(text))
            return text;
        if (!text.Contains(':', StringComparison.Ordinal))
        {
            var names = _named.Count == 0 ? "there are none" : $"there are: {string.Join(", ", _named.Order(StringComparer.Ordinal))}";
            errors.Add(new(place.Line, place.Column, $"{where}: there is no cluster '{text}' ({names}); name one, or a target such as rollcall:///{text}"));
            return null;
        }

        if (vocabulary.ProblemOf(text, out var target) is { } problem)
        {
            errors.Add(new(place.Line, place.Column, $"{where}: {problem.TrimEnd('.')}"));
            return null;
        }

        var name = target!.ToString();
        _clusters.TryAdd(name, new() { Name = name, Target = target, Fingerprint = name, Client = vocabulary.NewClient(), Place = place });
        return name;
    }

    public ImmutableSortedDictionary<string, GatewayClusterConfig> Used() => _clusters.ToImmutableSortedDictionary(StringComparer.Ordinal);

    public string FingerprintOf(string name) => _clusters.TryGetValue(name, out var cluster) ? cluster.Fingerprint : "";

    /// <summary>The policy of a cluster, if it is one to which a request's key means nothing.</summary>
    public string? BalancerThatHeedsNoKey(string name) =>
        _clusters.TryGetValue(name, out var cluster) && ConfigVocabulary.HeedsNoKey(cluster.Client.Balancer) ? cluster.Client.Balancer : null;

    private GatewayClusterConfig? Read(string name, DataNode value)
    {
        var where = $"cluster '{name}'";
        if (value is ScalarNode { Text: { } text })
            return Target(text, value, where) is { } only ? new() { Name = name, Target = only, Fingerprint = Fingerprint.Of(value), Client = vocabulary.NewClient(), Place = value } : null;
        if (value is not MapNode map)
        {
            errors.Add(new(value.Line, value.Column, $"{where}: must be a target such as rollcall:///orders, or a map with 'target'"));
            return null;
        }

        var part = new Section(map, where, errors, [.. Keys, .. ClientReader.Keys]);
        if (!part.Has("target"))
            part.Fail("target", "'target' is missing");
        if (part.Text("protocol") is "http3" && !QuicConnection.IsSupported)
            part.Fail("protocol", "'http3' needs QUIC, which this platform lacks; on Linux install libmsquic, or leave 'protocol' to auto");
        var tls = ClusterTls.Read(part);
        return new GatewayClusterConfig
        {
            Name = name,
            Target = part.Text("target") is { } found && Target(found, part.Place("target"), where) is { } target ? target : ServiceTarget.Parse("static:///none:1"),
            Fingerprint = $"{Fingerprint.Of(value)} {tls?.Stamps}",
            Client = ClientReader.Read(part, vocabulary),
            Place = value,
            Port = part.Text("port"),
            Scheme = part.OneOf("scheme", "http", "https", "https+http", "http+https") ?? "http+https",
            Protocol = part.OneOf("protocol", "auto", "http1", "http2", "http3") switch
            {
                "http1" => ClusterProtocol.Http1,
                "http2" => ClusterProtocol.Http2,
                "http3" => ClusterProtocol.Http3,
                _ => ClusterProtocol.Auto,
            },
            MaxConnections = (int?)part.Number("maxConnections", 1, 100_000),
            Tls = tls,
        };
    }

    private ServiceTarget? Target(string text, DataNode place, string where)
    {
        if (vocabulary.ProblemOf(text, out var target) is not { } problem)
            return target;
        errors.Add(new(place.Line, place.Column, $"{where}: {problem.TrimEnd('.')}"));
        return null;
    }
}
