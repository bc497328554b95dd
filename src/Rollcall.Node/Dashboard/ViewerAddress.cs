namespace Rollcall.Node.Dashboard;

/// <summary>Where a page finds a picture of an instance: a template of a WebSocket's address.</summary>
internal static class ViewerAddress
{
    /// <summary>What stands for the instance.</summary>
    public const string Id = "{id}";

    /// <summary>What it must be, in words.</summary>
    public const string Rule = "the address of a WebSocket with {id} in its path, such as ws://127.0.0.1:7690/vnc/{id}, or a path such as /vnc/{id}";

    /// <summary>Reads one.</summary>
    /// <param name="text">As it is written.</param>
    /// <param name="origin">What pages must be let connect to, such as <c>ws://127.0.0.1:7690</c>; null for the node's own host.</param>
    public static bool TryParse(string text, out string? origin)
    {
        origin = null;
        // What ends a source in a Content-Security-Policy, or begins another one, has no place in an address either.
        if (text.Length > 2048 || text.Any(static letter => letter is <= ' ' or > '~' or ';' or ',' or '"' or '\'' or '\\' or '#'))
            return false;
        if (text.StartsWith('/'))
            return !text.StartsWith("//", StringComparison.Ordinal) && text.Contains(Id, StringComparison.Ordinal);
        if (!Uri.TryCreate(text.Replace(Id, "0", StringComparison.Ordinal), UriKind.Absolute, out var url) || url.Scheme is not ("ws" or "wss") || url.UserInfo.Length > 0 || url.Host.Length == 0)
            return false;
        var path = text.IndexOf('/', text.IndexOf("://", StringComparison.Ordinal) + 3);
        if (path < 0 || !text.AsSpan(path).Contains(Id, StringComparison.Ordinal) || text.AsSpan(0, path).Contains('{'))
            return false;
        origin = $"{url.Scheme}://{url.Authority}";
        return true;
    }
}
