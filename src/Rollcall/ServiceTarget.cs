using System.Diagnostics.CodeAnalysis;

namespace Rollcall;

/// <summary>
/// A parsed URI that names what to find: <c>static:///a:80,b:80</c>, <c>file:///etc/services.yaml#orders</c>,
/// <c>rollcall:///orders</c>. A bare <c>host:port</c> or <c>http://host</c> is static. Immutable; compared by text.
/// </summary>
public sealed class ServiceTarget : IEquatable<ServiceTarget>
{
    /// <summary>The longest target accepted, in characters.</summary>
    public const int MaxLength = 8192;

    private readonly string _text;

    private ServiceTarget(string scheme, string authority, string path, string fragment, SmallMap<string> query)
    {
        Scheme = scheme;
        Authority = authority;
        Path = path;
        Fragment = fragment;
        Query = query;
        var queryText = query.Count == 0
            ? ""
            : "?" + string.Join('&', query.Select(static pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
        _text = $"{scheme}://{authority}/{path}{queryText}{(fragment.Length == 0 ? "" : "#" + fragment)}";
    }

    /// <summary>Which source answers, lower case: <c>static</c>, <c>file</c>, <c>rollcall</c>…</summary>
    public string Scheme { get; }

    /// <summary>What stands between <c>//</c> and the path, such as the node to ask; empty when the source's own configuration decides.</summary>
    public string Authority { get; }

    /// <summary>The name to look for, without the leading slash.</summary>
    public string Path { get; }

    /// <summary>What stands behind <c>#</c>; empty when nothing does.</summary>
    public string Fragment { get; }

    /// <summary>Parameters behind <c>?</c>, decoded.</summary>
    public SmallMap<string> Query { get; }

    /// <summary>Parses a target.</summary>
    /// <exception cref="ArgumentException">It is malformed; the message says what is wrong and shows one that is right.</exception>
    public static ServiceTarget Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var target, out var error) ? target : throw new ArgumentException(error, nameof(text));
    }

    /// <summary>Parses a target; false with the reason when it is malformed.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ServiceTarget? target, [NotNullWhen(false)] out string? error)
    {
        target = null;
        text = text?.Trim();
        if (string.IsNullOrEmpty(text))
            return Fail("The target is empty. Name one, for example rollcall:///orders or static:///10.0.0.5:8080.", out error);
        if (text.Length > MaxLength)
            return Fail($"The target has {text.Length} characters; at most {MaxLength} are allowed.", out error);
        if (text.Any(static c => char.IsControl(c) || char.IsWhiteSpace(c)))
            return Fail($"The target '{Printable(text)}' contains white space or control characters. Example: static:///a:80,b:80.", out error);

        var schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd < 0)
        {
            if (text.Contains('/', StringComparison.Ordinal))
                return Fail($"The target '{text}' has no scheme. Write rollcall:///{text.Trim('/')} for a name, or host:port for an address.", out error);
            if (text.AsSpan().ContainsAny('?', '#'))
                return Fail($"The target '{text}' is an address, which takes no ?parameters and no #fragment. Example: 10.0.0.5:8080.", out error);
            target = new ServiceTarget("static", "", text, "", SmallMap<string>.Empty);
            error = null;
            return true;
        }

        var scheme = text[..schemeEnd].ToLowerInvariant();
        if (!IsScheme(scheme))
            return Fail($"'{text[..schemeEnd]}' is no scheme: letters, digits, '+' and '-', starting with a letter. Example: rollcall:///orders.", out error);
        var rest = text[(schemeEnd + 3)..];

        var fragment = TakeAfter(ref rest, '#');
        var queryText = TakeAfter(ref rest, '?');
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var authority = slash < 0 ? rest : rest[..slash];
        var path = slash < 0 ? "" : rest[(slash + 1)..];

        if (!TryParseQuery(queryText, out var query, out error))
            return false;
        if (scheme is "http" or "https" && path.Length == 0 && query.Count == 0)
        {
            if (fragment.Length > 0)
                return Fail($"The target '{text}' is an address, which takes no #fragment. Example: {scheme}://10.0.0.5:8080.", out error);
            if (authority.Length == 0)
                return Fail($"The target '{text}' names no host. Example: {scheme}://10.0.0.5:8080.", out error);
            target = new ServiceTarget("static", "", $"{scheme}://{authority}", "", SmallMap<string>.Empty);
            error = null;
            return true;
        }

        if (authority.Length == 0 && path.Length == 0)
            return Fail($"The target '{text}' names nothing to look for. Example: {scheme}:///orders.", out error);
        target = new ServiceTarget(scheme, authority, path, fragment, query);
        return true;
    }

    /// <inheritdoc />
    public bool Equals(ServiceTarget? other) => other is not null && string.Equals(_text, other._text, StringComparison.Ordinal);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as ServiceTarget);

    /// <inheritdoc />
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_text);

    /// <summary>The target in its full form; parses back to an equal one.</summary>
    public override string ToString() => _text;

    private static bool TryParseQuery(string text, out SmallMap<string> query, [NotNullWhen(false)] out string? error)
    {
        query = SmallMap<string>.Empty;
        error = null;
        if (text.Length == 0)
            return true;
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var key = Uri.UnescapeDataString(equals < 0 ? part : part[..equals]);
            if (!pairs.TryAdd(key, equals < 0 ? "" : Uri.UnescapeDataString(part[(equals + 1)..])))
                return Fail($"The parameter '{key}' is given twice; give it once.", out error);
        }

        query = new SmallMap<string>(pairs);
        return true;
    }

    private static string TakeAfter(ref string text, char separator)
    {
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        if (at < 0)
            return "";
        var after = text[(at + 1)..];
        text = text[..at];
        return after;
    }

    private static bool IsScheme(string scheme) =>
        scheme.Length > 0
        && char.IsAsciiLetter(scheme[0])
        && scheme.All(static c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-');

    private static string Printable(string text) => string.Concat(text.Select(static c => char.IsControl(c) ? '?' : c));

    private static bool Fail(string message, out string error)
    {
        error = message;
        return false;
    }
}
