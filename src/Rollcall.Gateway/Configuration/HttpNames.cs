using System.Buffers;

namespace Rollcall.Gateway.Configuration;

/// <summary>What may be a name in HTTP.</summary>
internal static class HttpNames
{
    // RFC 9110 section 5.6.2.
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>True for what may be the name of a header, a cookie or a method.</summary>
    public static bool IsToken(string text) => text.Length is > 0 and <= 256 && !text.AsSpan().ContainsAnyExcept(TokenCharacters);
}
