using System.Globalization;
using System.Net;

namespace Rollcall.Cli.Usage;

/// <summary>An address as people write it: <c>10.0.0.5:8080</c>, <c>[::1]:8080</c>, or a host alone.</summary>
/// <param name="Host">IP address or host name, IPv6 without brackets.</param>
/// <param name="Port">1 to 65535; null when none is named.</param>
internal readonly record struct HostPort(string Host, int? Port)
{
    public static bool TryParse(string text, out HostPort address)
    {
        address = default;
        if (text.Length == 0 || text.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '/' or '@' or ','))
            return false;
        if (text[0] == '[')
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            return end > 0 && IPAddress.TryParse(text[1..end], out _) && TryFinish(text[1..end], text[(end + 1)..], out address);
        }

        var colon = text.LastIndexOf(':');
        if (colon < 0 || text.AsSpan().Count(':') > 1)
            return (colon < 0 || IPAddress.TryParse(text, out _)) && TryFinish(text, "", out address);
        return colon > 0 && TryFinish(text[..colon], text[colon..], out address);
    }

    /// <summary>A port number, 1 to 65535.</summary>
    public static bool TryParsePort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;

    private static bool TryFinish(string host, string rest, out HostPort address)
    {
        address = new HostPort(host, null);
        if (rest.Length == 0)
            return true;
        if (rest[0] != ':' || !TryParsePort(rest[1..], out var port))
            return false;
        address = new HostPort(host, port);
        return true;
    }
}
