using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Rollcall.Registration.Hosting;

/// <summary>A URL a server listens on.</summary>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Host">An address or name; null when it listens on every address of the machine.</param>
/// <param name="Port">The port.</param>
internal sealed record ListeningUrl(string Scheme, string? Host, int Port)
{
    /// <summary>True when only this machine can reach it.</summary>
    public bool IsLoopback => Host is not null && (Host == "localhost" || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address)));

    /// <summary>Reads what a server says; false for what no other process could be told, such as a Unix socket.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ListeningUrl? url)
    {
        url = null;
        var schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        var scheme = schemeEnd < 0 ? "" : text[..schemeEnd].ToLowerInvariant();
        if (scheme is not ("http" or "https"))
            return false;
        var authority = text[(schemeEnd + 3)..].TrimEnd('/');
        var colon = authority.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
            return false;
        var host = authority[..colon].Trim('[', ']').ToLowerInvariant();
        if (host is "*" or "+" || (IPAddress.TryParse(host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))))
            host = null;
        url = new ListeningUrl(scheme, host, port);
        return true;
    }
}
