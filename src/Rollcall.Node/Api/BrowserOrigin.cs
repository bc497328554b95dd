using Microsoft.AspNetCore.Http;

namespace Rollcall.Node.Api;

/// <summary>
/// Tells the writes that a page of another site makes a visitor's browser send. Browsers say where a page is from: by <c>Sec-Fetch-Site</c> where the node is reached by https or on this machine, by <c>Origin</c>
/// everywhere else. Programs that are no browsers send neither.
/// </summary>
internal static class BrowserOrigin
{
    /// <summary>True when a page that is not the node's own sends this.</summary>
    public static bool IsForeign(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
            return site is not ("same-origin" or "none");
        if (request.Headers.Origin.Count == 0)
            return false;

        // A proxy in front may ask the node by another name; a page cannot set this header without being asked first whether it may.
        return !IsSame(request.Headers.Origin.ToString(), request.Host)
            && !IsSame(request.Headers.Origin.ToString(), new HostString(request.Headers["X-Forwarded-Host"].ToString()));
    }

    private static bool IsSame(string origin, HostString host) =>
        host.HasValue
        && Uri.TryCreate(origin, UriKind.Absolute, out var page)
        && string.Equals(page.IdnHost, host.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase)
        && page.Port == (host.Port ?? (page.Scheme == Uri.UriSchemeHttps ? 443 : 80));
}
