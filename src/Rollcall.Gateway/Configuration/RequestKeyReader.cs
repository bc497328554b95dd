using Rollcall.Sources.Text;

namespace Rollcall.Gateway.Configuration;

/// <summary>Reads what tells one client's requests from another's: <c>client</c>, <c>header:NAME</c>, <c>cookie:NAME</c> or <c>query:NAME</c>.</summary>
internal static class RequestKeyReader
{
    public static RequestKeyConfig? Read(Section part, string key)
    {
        if (part.Text(key) is not { } text)
            return null;
        if (Parse(text) is { } found)
            return found;
        part.Fail(key, $"'{key}' is '{text}'; it must be client, header:NAME, cookie:NAME or query:NAME");
        return null;
    }

    /// <summary>As <c>affinity: header:x-user</c>, or <c>affinity: { cookie: session }</c> for a cookie of the gateway's own.</summary>
    public static AffinityConfig? ReadAffinity(Section route)
    {
        if (route.Node("affinity") is not MapNode)
            return Read(route, "affinity") is { } key ? new(key, IssueCookie: false) : null;
        var part = route.Part("affinity", "cookie")!;
        if (part.Text("cookie") is { } name && HttpNames.IsToken(name))
            return new(new(RequestKeyKind.Cookie, name), IssueCookie: true);
        part.Fail("cookie", "'cookie' must be the name of a cookie that the gateway gives to each client");
        return null;
    }

    private static RequestKeyConfig? Parse(string text)
    {
        if (text is "client")
            return new(RequestKeyKind.Client, "");
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !HttpNames.IsToken(text[(colon + 1)..]))
            return null;
        var name = text[(colon + 1)..];
        return text[..colon] switch
        {
            "header" => new(RequestKeyKind.Header, name),
            "cookie" => new(RequestKeyKind.Cookie, name),
            "query" => new(RequestKeyKind.Query, name),
            _ => null,
        };
    }
}
