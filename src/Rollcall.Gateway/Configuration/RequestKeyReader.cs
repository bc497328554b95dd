using Rollcall.Http;

namespace Rollcall.Gateway.Configuration;

/// <summary>Reads what tells one client's requests from another's: <c>client</c>, <c>header:NAME</c>, <c>cookie:NAME</c>, <c>query:NAME</c> or <c>claim:NAME</c>.</summary>
internal static class RequestKeyReader
{
    public static RequestKeyConfig? Read(Section part, string key)
    {
        if (part.Text(key) is not { } text)
            return null;
        if (Parse(text) is { } found)
            return found;
        part.Fail(key, $"'{key}' is '{text}'; it must be client, header:NAME, cookie:NAME, query:NAME or claim:NAME");
        return null;
    }

    private static RequestKeyConfig? Parse(string text)
    {
        if (text is "client")
            return new(RequestKeyKind.Client, "");
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return null;
        var name = text[(colon + 1)..];
        var isToken = HttpNames.IsToken(name);
        return text[..colon] switch
        {
            "claim" when TokenClaim.IsName(name) => new(RequestKeyKind.Claim, name),
            _ when !isToken => null,
            "header" => new(RequestKeyKind.Header, name),
            "cookie" => new(RequestKeyKind.Cookie, name),
            "query" => new(RequestKeyKind.Query, name),
            _ => null,
        };
    }
}
