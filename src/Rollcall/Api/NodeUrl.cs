using System.Diagnostics.CodeAnalysis;

namespace Rollcall.Api;

/// <summary>The address of a node as people write it.</summary>
public static class NodeUrl
{
    /// <summary>Reads <c>http://host:port</c>, <c>https://host:port</c> or <c>host:port</c>; the result ends with a slash, so that paths can be added.</summary>
    /// <exception cref="ArgumentException">It is no such address; the message shows one that is right.</exception>
    public static Uri Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var url, out var error) ? url : throw new ArgumentException(error, nameof(text));
    }

    /// <summary>As <see cref="Parse"/>; false with the reason when it is no such address.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Uri? url, [NotNullWhen(false)] out string? error)
    {
        var trimmed = text?.Trim() ?? "";
        var full = trimmed.Contains("://", StringComparison.Ordinal) ? trimmed : "http://" + trimmed;
        error = null;
        if (trimmed.Length > 0
            && Uri.TryCreate(full.EndsWith('/') ? full : full + "/", UriKind.Absolute, out url)
            && url.Scheme is ("http" or "https")
            && url.UserInfo.Length + url.Query.Length + url.Fragment.Length == 0)
            return true;
        url = null;
        error = $"'{trimmed}' is no address of a node. Write it like {ApiNames.DefaultNode}.";
        return false;
    }

    /// <summary>The nodes named by <see cref="ApiNames.NodeVariable"/> (separated by commas), else <see cref="ApiNames.DefaultNode"/> alone; never empty.</summary>
    /// <exception cref="InvalidOperationException">The variable holds something that is no address of a node.</exception>
    public static IReadOnlyList<Uri> AllFromEnvironment()
    {
        var texts = (Environment.GetEnvironmentVariable(ApiNames.NodeVariable) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return texts.Length == 0
            ? [Parse(ApiNames.DefaultNode)]
            : [.. texts.Select(static text => TryParse(text, out var url, out var error)
                ? url
                : throw new InvalidOperationException($"The environment variable {ApiNames.NodeVariable} is wrong: {error}"))];
    }

    /// <summary>The first of <see cref="AllFromEnvironment"/>.</summary>
    /// <exception cref="InvalidOperationException">The variable holds something that is no address of a node.</exception>
    public static Uri FromEnvironment() => AllFromEnvironment()[0];
}
