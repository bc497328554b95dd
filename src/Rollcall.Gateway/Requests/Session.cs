using Microsoft.AspNetCore.Http;
using Rollcall.Gateway.Configuration;
using Rollcall.Http;

namespace Rollcall.Gateway.Requests;

/// <summary>A request of a route that keeps each client at one endpoint by a cookie of the gateway's own.</summary>
internal sealed class Session(HttpContext context, SessionCookieConfig config, SessionCounts counts)
{
    /// <summary>What the client's cookie says; null when it has none.</summary>
    public SessionCookie? Cookie { get; } = SessionCookie.Parse(context.Request.Cookies[config.Name]);

    /// <summary>Asks for the endpoint of the cookie.</summary>
    public void Ask(HttpRequestMessage request)
    {
        if (Cookie is { } cookie)
            request.Options.Set(RollcallRequest.Session, cookie.Endpoint);
    }

    /// <summary>
    /// Gives the client a cookie when it has none, or its endpoint could not be chosen. An endpoint that was tried and failed keeps its sessions: it may be well again for the next
    /// request, and if it is not, it will not be chosen.
    /// </summary>
    public void Answer(string version, RequestTrace trace, HttpResponseMessage response)
    {
        if (trace is not { First: { } first, Endpoint: { } endpoint })
            return;
        var hash = SessionCookie.HashOf(version);
        if (Cookie is { } cookie && cookie.Version == hash && cookie.Endpoint == Destination.HashOf(first))
        {
            counts.Keep();
            return;
        }

        if (Cookie is null)
            counts.Begin();
        else
            counts.Move();

        // What a cache may give to others must not hold one client's session.
        if (response.Headers.CacheControl is { Public: true } or { SharedMaxAge: not null })
            return;
        context.Response.Cookies.Append(config.Name, new SessionCookie(hash, Destination.HashOf(endpoint)).ToString(), new CookieOptions
        {
            Path = "/",
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            MaxAge = config.MaxAge,
        });
    }
}
