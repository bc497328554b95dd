using System.Net;

namespace Rollcall.Http;

/// <summary>What requests of one client have affinity to: the value of a header, of a cookie, of a parameter of the query or of a claim of their token.</summary>
internal sealed class Affinity
{
    private readonly Func<HttpRequestMessage, string, string?> _read;
    private readonly string _name;

    private Affinity(Func<HttpRequestMessage, string, string?> read, string name)
    {
        _read = read;
        _name = name;
    }

    /// <summary>Null for a client whose requests have affinity to nothing.</summary>
    /// <param name="text">Such as <c>header:X-User</c>; null for nothing.</param>
    /// <exception cref="ArgumentException">It is none; see <see cref="Problem"/>.</exception>
    public static Affinity? Parse(string? text)
    {
        if (text is null)
            return null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = text[(colon + 1)..].Trim();
        Func<HttpRequestMessage, string, string?>? read = (colon < 0 ? "" : text[..colon].Trim()) switch
        {
            "header" => Header,
            "cookie" => Cookie,
            "query" => Query,
            "claim" => Claim,
            _ => null,
        };
        return read is null || name.Length is 0 or > 256 || name.AsSpan().ContainsAny(" ;=&,")
            ? throw new ArgumentException("write header:NAME, cookie:NAME, query:NAME or claim:NAME.", nameof(text))
            : new(read, name);
    }

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public static string? Problem(string text)
    {
        try
        {
            Parse(text);
            return null;
        }
        catch (ArgumentException)
        {
            return "it must be header:NAME, cookie:NAME, query:NAME or claim:NAME.";
        }
    }

    /// <summary>What the request has affinity to; null for nothing.</summary>
    public string? KeyOf(HttpRequestMessage request) => _read(request, _name);

    private static string? Header(HttpRequestMessage request, string name) =>
        request.Headers.NonValidated.TryGetValues(name, out var values) && values.Count > 0 ? values.ToString() : null;

    private static string? Claim(HttpRequestMessage request, string name) =>
        request.Headers.NonValidated.TryGetValues("Authorization", out var values) && values.Count == 1 ? TokenClaim.Find(values.ToString(), name) : null;

    private static string? Cookie(HttpRequestMessage request, string name)
    {
        if (!request.Headers.NonValidated.TryGetValues("Cookie", out var values))
            return null;
        foreach (var line in values)
        {
            if (Find(line, ';', name) is { } value)
                return value;
        }

        return null;
    }

    private static string? Query(HttpRequestMessage request, string name) =>
        request.RequestUri is { } uri && Find(uri.Query.AsSpan(uri.Query.Length > 0 ? 1 : 0), '&', name) is { } value ? WebUtility.UrlDecode(value) : null;

    private static string? Find(ReadOnlySpan<char> pairs, char separator, string name)
    {
        foreach (var range in pairs.Split(separator))
        {
            var pair = pairs[range].Trim();
            if (pair.Length > name.Length && pair[name.Length] == '=' && pair.StartsWith(name, StringComparison.Ordinal))
                return pair[(name.Length + 1)..].ToString();
        }

        return null;
    }
}
