using System.Buffers;
using System.Collections.Frozen;

namespace Rollcall.Gateway.Configuration;

/// <summary>What may be a name in HTTP.</summary>
internal static class HttpNames
{
    // RFC 9110 section 5.6.2.
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    // What frames messages, says where they go or belongs to one connection, and cookies, which are the client's.
    private static readonly FrozenSet<string> Protocol = new[]
    {
        "Host", "Content-Length", "Content-Type", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade", "TE", "Trailer", "Proxy-Connection", "Expect", "Cookie",
        "Set-Cookie", "Authorization",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>True for a header that means something to HTTP itself or to who may do what, and so is nobody's to set.</summary>
    public static bool IsOfTheProtocol(string name) => Protocol.Contains(name);

    /// <summary>True for what may be the name of a header, a cookie or a method.</summary>
    public static bool IsToken(string text) => text.Length is > 0 and <= 256 && !text.AsSpan().ContainsAnyExcept(TokenCharacters);
}
