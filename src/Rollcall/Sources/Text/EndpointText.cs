using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Rollcall.Sources.Text;

/// <summary>
/// An endpoint as one word: <c>host:port</c>, <c>http://host[:port]</c>, <c>[::1]:80</c>, each optionally followed by
/// <c>;weight=50</c> and <c>;zone=a</c>.
/// </summary>
internal static class EndpointText
{
    private const int MaxHostLength = 253;

    /// <summary>Reads it; false with what is wrong and an example that is right.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Endpoint? endpoint, [NotNullWhen(false)] out string? error)
    {
        endpoint = null;
        var parts = text.Split(';');
        var address = parts[0];
        string? scheme = null;
        var schemeEnd = address.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd >= 0)
        {
            scheme = address[..schemeEnd].ToLowerInvariant();
            if (scheme is not ("http" or "https"))
                return Fail($"'{text}' has the scheme '{scheme}'; an endpoint may have http:// or https:// or none", out error);
            address = address[(schemeEnd + 3)..].TrimEnd('/');
        }

        if (!TryParseAddress(address, scheme, out var host, out var port, out error))
            return false;
        var id = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
        endpoint = new Endpoint(id, host, new SmallMap<int>([new(scheme ?? Endpoint.DefaultPortName, port)]));
        for (var i = 1; i < parts.Length; i++)
        {
            if (!TryApply(parts[i], ref endpoint, out error))
                return false;
        }

        return true;
    }

    /// <summary>Splits <c>host:port</c>; the port may be left out where <paramref name="scheme"/> has a usual one.</summary>
    public static bool TryParseAddress(string text, string? scheme, out string host, out int port, [NotNullWhen(false)] out string? error)
    {
        port = scheme switch { "http" => 80, "https" => 443, _ => 0 };
        string portText;
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            host = end < 0 ? text : text[1..end];
            portText = end < 0 ? "" : text[(end + 1)..];
            if (end < 0 || Uri.CheckHostName(host) != UriHostNameType.IPv6 || (portText.Length > 0 && portText[0] != ':'))
                return Fail($"'{text}' is no IPv6 address with a port. Example: [::1]:8080", out error);
        }
        else
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            host = colon < 0 ? text : text[..colon];
            portText = colon < 0 ? "" : text[colon..];
            if (portText.AsSpan().Count(':') > 1)
                return Fail($"'{text}' has more than one colon; put an IPv6 address in brackets. Example: [::1]:8080", out error);
        }

        if (!IsHost(host))
            return Fail(host.Length == 0 ? $"'{text}' names no host. Example: 10.0.0.5:8080" : $"'{host}' is no host name or IP address. Example: 10.0.0.5:8080", out error);
        if (portText.Length > 1 && !TryParsePort(portText.AsSpan(1), out port))
            return Fail($"'{portText[1..]}' is no port: a number from 1 to 65535", out error);
        if (port == 0 || portText is ":")
            return Fail($"'{text}' names no port. Example: {text.TrimEnd(':')}:8080", out error);
        error = null;
        return true;
    }

    public static bool IsHost(string host) => host.Length is > 0 and <= MaxHostLength && Uri.CheckHostName(host) != UriHostNameType.Unknown;

    public static bool TryParsePort(ReadOnlySpan<char> text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;

    public static bool TryParseWeight(ReadOnlySpan<char> text, out int weight) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out weight) && weight is >= 0 and <= 100;

    private static bool TryApply(string parameter, ref Endpoint endpoint, [NotNullWhen(false)] out string? error)
    {
        var equals = parameter.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? parameter : parameter[..equals];
        var value = equals < 0 ? "" : parameter[(equals + 1)..];
        error = null;
        switch (name)
        {
            case "weight" when TryParseWeight(value, out var weight):
                endpoint = endpoint with { Weight = weight };
                return true;
            case "weight":
                return Fail($"'{value}' is no weight: a number from 0 to 100", out error);
            case "zone" when NameRules.IsLabel(value):
                endpoint = endpoint with { Zone = value };
                return true;
            case "zone":
                return Fail($"'{value}' is no zone: 1 to 63 lower-case letters, digits and hyphens", out error);
            default:
                return Fail($"'{parameter}' is no parameter of an endpoint; there are weight and zone. Example: 10.0.0.5:8080;weight=50;zone=a", out error);
        }
    }

    private static bool Fail(string message, out string error)
    {
        error = message;
        return false;
    }
}
