using System.Globalization;
using Rollcall.Api;

namespace Rollcall.Sources.Text;

/// <summary>One endpoint of a list: <c>host:port</c>, or a map with any of the fields below.</summary>
internal static class EndpointEntry
{
    private const int MaxIdLength = 300;

    /// <exception cref="DataFormatException">It is neither, or a field is wrong.</exception>
    public static Endpoint Read(DataNode node) => node switch
    {
        ScalarNode { Text: { } text } => EndpointText.TryParse(text, out var endpoint, out var error) ? endpoint : throw DataFormatException.At(node, error),
        MapNode map => FromMap(map),
        _ => throw DataFormatException.At(node, "an endpoint must be text such as 10.0.0.5:8080, or a map with host and port"),
    };

    private static Endpoint FromMap(MapNode map)
    {
        var fields = new Fields(map, "id", "host", "address", "port", "ports", "weight", "zone", "node", "state", "ready", "reason", "metadata");
        var (host, ports) = ReadAddress(fields, map);
        // The port a person would name: the one called http, else the first by name.
        var mainPort = ports.TryGetValue(Endpoint.DefaultPortName, out var http) ? http : ports.AsSpan()[0].Value;
        var id = fields.Text("id") ?? string.Create(CultureInfo.InvariantCulture, $"{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{mainPort}");
        if (id.Length is 0 or > MaxIdLength || id.Any(char.IsControl))
            throw DataFormatException.At(fields.Place("id"), $"'id' must have 1 to {MaxIdLength} characters and no control characters");
        return new Endpoint(id, host, ports)
        {
            State = ReadState(fields),
            Reason = fields.Text("reason"),
            Weight = ReadWeight(fields),
            Zone = fields.Text("zone"),
            Node = fields.Text("node"),
            Metadata = fields.Strings("metadata"),
        };
    }

    private static (string Host, SmallMap<int> Ports) ReadAddress(Fields fields, MapNode map)
    {
        if (fields.Has("host") && fields.Has("address"))
            throw DataFormatException.At(fields.Place("address"), "'host' and 'address' mean the same; write one of them");
        var name = fields.Has("address") ? "address" : "host";
        var text = fields.Text(name) ?? throw DataFormatException.At(map, "'host' is missing");
        if (fields.Has("port") && fields.Has("ports"))
            throw DataFormatException.At(fields.Place("ports"), "'port' and 'ports' exclude each other; write one of them");
        if (!fields.Has("port") && !fields.Has("ports"))
        {
            return EndpointText.TryParseAddress(text, scheme: null, out var host, out var port, out var error)
                ? (host, new SmallMap<int>([new(Endpoint.DefaultPortName, port)]))
                : throw DataFormatException.At(fields.Place(name), error);
        }

        text = text.StartsWith('[') && text.EndsWith(']') ? text[1..^1] : text;
        if (!EndpointText.IsHost(text))
            throw DataFormatException.At(fields.Place(name), $"'{text}' is no host name or IP address (the port stands in 'port' or 'ports')");
        var ports = fields.Has("port")
            ? new SmallMap<int>([new(Endpoint.DefaultPortName, ReadPort(fields, "port", fields.Text("port")!))])
            : new SmallMap<int>(fields.Strings("ports").Select(pair => KeyValuePair.Create(pair.Key, ReadPort(fields, "ports", pair.Value))));
        return ports.Count > 0 ? (text, ports) : throw DataFormatException.At(fields.Place("ports"), "'ports' is empty; name at least one");
    }

    private static int ReadPort(Fields fields, string name, string text) => EndpointText.TryParsePort(text, out var port)
        ? port
        : throw DataFormatException.At(fields.Place(name), $"'{text}' is no port: a number from 1 to 65535");

    private static int ReadWeight(Fields fields) => fields.Text("weight") is not { } text ? Endpoint.DefaultWeight
        : EndpointText.TryParseWeight(text, out var weight) ? weight
        : throw DataFormatException.At(fields.Place("weight"), $"'{text}' is no weight: a number from 0 to 100");

    private static EndpointState ReadState(Fields fields)
    {
        if (fields.Has("state") && fields.Has("ready"))
            throw DataFormatException.At(fields.Place("ready"), "'state' and 'ready' exclude each other; write one of them");
        if (fields.Text("ready") is { } ready)
        {
            return ready switch
            {
                "true" => EndpointState.Ready,
                "false" => EndpointState.NotReady,
                _ => throw DataFormatException.At(fields.Place("ready"), $"'{ready}' is neither true nor false"),
            };
        }

        if (fields.Text("state") is not { } text)
            return EndpointState.Ready;
        var state = StateText.Parse(text);
        return state != EndpointState.Unknown || text is "unknown"
            ? state
            : throw DataFormatException.At(fields.Place("state"), $"'{text}' is no state; there are: ready, not-ready, draining");
    }
}
