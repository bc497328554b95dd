using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rollcall.Registry;

/// <summary>What an address and a <c>host:port</c> may look like.</summary>
internal static class AddressRules
{
    /// <summary>The longest host name (RFC 1035 section 2.3.4, without the root's length byte and label).</summary>
    public const int MaxLength = 253;

    private const int MaxLabelLength = 63;
    private const int Ipv4Octets = 4;

    // The underscore is no letter of host names, yet container platforms hand out names with it, and they resolve.
    private static readonly SearchValues<char> LabelCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    /// <summary>What is wrong with an address, in words that follow "must be"; null when nothing is.</summary>
    public static string? CheckAddress(string address)
    {
        if (address.Length is 0 or > MaxLength)
            return "an IP address or host name of 1 to 253 characters";
        if (address.StartsWith('['))
            return "without brackets and without a port: the port goes into 'ports'";
        if (address.Contains("://", StringComparison.Ordinal))
            return "a bare host name or IP address, not a URL";
        if (TrySplitPort(address, out _, out _))
            return "without a port: the port goes into 'ports'";
        return IsHost(address) ? null : "an IP address or a host name: labels of 1 to 63 letters, digits and hyphens, joined by dots";
    }

    /// <summary>True for <c>host:port</c> with a valid host (IPv6 in brackets) and a port of 1 to 65535.</summary>
    public static bool IsHostAndPort(string text)
    {
        if (!TrySplitPort(text, out var host, out var port) || !int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        if (number is < 1 or > 65535)
            return false;
        if (host.StartsWith('['))
            return host.EndsWith(']') && IsIpv6(host[1..^1]);
        return host.Length <= MaxLength && IsHost(host);
    }

    private static bool TrySplitPort(string text, out ReadOnlySpan<char> host, out ReadOnlySpan<char> port)
    {
        host = default;
        port = default;
        var colon = text.LastIndexOf(':');
        if (colon < 0 || (text.IndexOf(':', StringComparison.Ordinal) != colon && !text.StartsWith('[')))
            return false;
        host = text.AsSpan(0, colon);
        port = text.AsSpan(colon + 1);
        return true;
    }

    private static bool IsHost(ReadOnlySpan<char> host)
    {
        if (host.Contains(':'))
            return IsIpv6(host);
        // A name that ends in a number is read as an IPv4 address by everyone (WHATWG URL, section 3.5), so it must be one.
        var lastLabel = host[(host.LastIndexOf('.') + 1)..];
        return !lastLabel.IsEmpty && !lastLabel.ContainsAnyExceptInRange('0', '9') ? IsIpv4(host) : IsName(host);
    }

    // A zone ("%eth0") names an interface of one machine; it says nothing to another.
    private static bool IsIpv6(ReadOnlySpan<char> text) =>
        !text.ContainsAny('%', '[', ']') && IPAddress.TryParse(text, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6;

    // Stricter than IPAddress.Parse, which takes "1", "0x7f.1" and octal for addresses.
    private static bool IsIpv4(ReadOnlySpan<char> text)
    {
        var octets = 0;
        foreach (var range in text.Split('.'))
        {
            var octet = text[range];
            if (++octets > Ipv4Octets
                || octet.Length is 0 or > 3
                || (octet.Length > 1 && octet[0] == '0')
                || !byte.TryParse(octet, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                return false;
        }

        return octets == Ipv4Octets;
    }

    private static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.EndsWith('.'))
            name = name[..^1];
        foreach (var range in name.Split('.'))
        {
            var label = name[range];
            if (label.Length is 0 or > MaxLabelLength || label[0] == '-' || label[^1] == '-' || label.ContainsAnyExcept(LabelCharacters))
                return false;
        }

        return true;
    }
}
