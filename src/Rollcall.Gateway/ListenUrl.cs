using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Rollcall.Gateway;

/// <summary>Where a gateway listens, and what is spoken there.</summary>
/// <param name="Url">As given.</param>
/// <param name="Scheme">http, h2c or https.</param>
/// <param name="Address">Null for localhost, which is both its addresses.</param>
/// <param name="Port">0 for a free one.</param>
internal sealed record ListenUrl(string Url, string Scheme, IPAddress? Address, int Port)
{
    public bool IsEncrypted => string.Equals(Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal);

    public static bool TryParse(string url, [NotNullWhen(true)] out ListenUrl? listen)
    {
        listen = null;

        // '*' and '+' stand for every address; they are no host names.
        var parsable = url.Replace("://*", "://[::]", StringComparison.Ordinal).Replace("://+", "://[::]", StringComparison.Ordinal);
        if (!Uri.TryCreate(parsable, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https" or "h2c")
            || uri.AbsolutePath is not ("/" or "") || uri.Query.Length > 0 || uri.UserInfo.Length > 0)
            return false;
        var isLocalhost = string.Equals(uri.IdnHost, "localhost", StringComparison.OrdinalIgnoreCase);
        if (!IPAddress.TryParse(uri.IdnHost, out var address) && !isLocalhost)
            return false;
        listen = new(url, uri.Scheme, isLocalhost ? null : address, uri.Port < 0 ? 80 : uri.Port);
        return true;
    }
}
