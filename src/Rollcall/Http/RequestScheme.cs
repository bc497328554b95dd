namespace Rollcall.Http;

/// <summary>The schemes a request to a service may have: one, or two in order of preference.</summary>
internal sealed class RequestScheme
{
    private static readonly RequestScheme[] All =
    [
        new("http"),
        new("https"),
        new("https+http", "https", "http"),
        new("http+https", "http", "https"),
        new("ws") { PortNames = ["ws", "http"] },
        new("wss") { PortNames = ["wss", "https"] },
    ];

    private RequestScheme(string text, params string[] allowed)
    {
        Text = text;
        Allowed = allowed.Length == 0 ? [text] : allowed;
        PortNames = Allowed;
    }

    /// <summary>As the request has it.</summary>
    public string Text { get; }

    /// <summary>What may be spoken on the wire, the preferred first.</summary>
    public IReadOnlyList<string> Allowed { get; }

    /// <summary>How ports for it are called, the preferred first. A WebSocket begins as a request, so that its port as a rule is called like those of others.</summary>
    public IReadOnlyList<string> PortNames { get; private init; }

    /// <summary>True when an HTTP handler would refuse it as it is.</summary>
    public bool IsComposite => Allowed.Count > 1;

    public static RequestScheme? Find(string text)
    {
        foreach (var scheme in All)
        {
            if (string.Equals(scheme.Text, text, StringComparison.Ordinal))
                return scheme;
        }

        return null;
    }
}
