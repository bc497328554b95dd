using System.Net;

namespace Rollcall.Node.Configuration;

/// <summary>Where a node listens.</summary>
/// <param name="Url">As given.</param>
/// <param name="IsLocal">True when only this machine can reach it.</param>
internal sealed record ListenAddress(string Url, bool IsLocal)
{
    private const string UnixPrefix = "http://unix:/";

    /// <summary>Reads <c>http://HOST:PORT</c> or <c>http://unix:/PATH</c>.</summary>
    public static bool TryParse(string url, out ListenAddress? address)
    {
        address = null;
        if (url.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            address = url.Length > UnixPrefix.Length ? new ListenAddress(url, IsLocal: true) : null;
            return address is not null;
        }

        // '*' and '+' stand for every address; they are no host names.
        var parsable = url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
        if (!Uri.TryCreate(parsable, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp
            || uri.AbsolutePath != "/" || uri.Query.Length > 0 || uri.UserInfo.Length > 0)
            return false;
        var local = uri.IdnHost == "localhost" || (IPAddress.TryParse(uri.IdnHost, out var ip) && IPAddress.IsLoopback(ip));
        address = new ListenAddress(url, local);
        return true;
    }
}
