using Rollcall.Servers;

namespace Rollcall.Sources.Http;

/// <summary>How lists of endpoints are fetched by HTTP; the section <c>Rollcall:Http</c> of the configuration.</summary>
public sealed class HttpSourceOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Rollcall:Http";

    /// <summary>The time between two polls where the server does not say <c>Cache-Control: max-age</c>, plus or minus a tenth. Default: 30 s.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The shortest time between two polls, whatever the server says and however many hints there are. Default: 5 s.</summary>
    public TimeSpan MinInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest time between two polls, whatever the server says. Default: 5 min.</summary>
    public TimeSpan MaxInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a server may take for an answer, head and body each, beyond the wait it was asked for. Default: 10 s.</summary>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest a long poll waits for a change, where the server offers them. 1 s to 5 min, default 10 s.</summary>
    public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>An event stream that says nothing for so long, not even a comment, is taken for dead. Default: 45 s.</summary>
    public TimeSpan StreamSilence { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>Follows <c>HTTP_PROXY</c>, <c>HTTPS_PROXY</c> and <c>NO_PROXY</c>. Default: false.</summary>
    public bool UseProxy { get; set; }

    /// <summary>What certain servers need: credentials, headers, trust. A server that is not listed gets none of it.</summary>
    public IList<HttpServerOptions> Servers { get; } = [];

    /// <summary>What was written in the configuration and could not be read, each with its key.</summary>
    internal List<string> Unreadable { get; } = [];

    /// <summary>Every rule that is broken, by the name of its option.</summary>
    internal IEnumerable<string> Errors()
    {
        if (MinInterval <= TimeSpan.Zero || MaxInterval < MinInterval || Interval <= TimeSpan.Zero || MaxInterval > TimeSpan.FromDays(1))
            yield return $"{nameof(MinInterval)} {MinInterval}, {nameof(MaxInterval)} {MaxInterval} and {nameof(Interval)} {Interval} must be more than 0, the second at least the first and at most a day.";
        if (AnswerTimeout <= TimeSpan.Zero || AnswerTimeout > TimeSpan.FromMinutes(5))
            yield return $"{nameof(AnswerTimeout)} is {AnswerTimeout}; it must be more than 0 and at most 5 min.";
        if (Wait < TimeSpan.FromSeconds(1) || Wait > TimeSpan.FromMinutes(5))
            yield return $"{nameof(Wait)} is {Wait}; it must be 1 s to 5 min.";
        if (StreamSilence <= TimeSpan.Zero || StreamSilence > TimeSpan.FromHours(1))
            yield return $"{nameof(StreamSilence)} is {StreamSilence}; it must be more than 0 and at most 1 h.";
        foreach (var server in Servers)
        {
            if (server.Url is not { IsAbsoluteUri: true, Scheme: "http" or "https", UserInfo: "" })
                yield return $"{nameof(Servers)}: '{(server.Url is { IsAbsoluteUri: true } url ? ServerFailure.NameOf(url) : server.Url)}' is no address of a server. Write it like https://registry.example; credentials belong into {nameof(HttpServerOptions.AuthorizationFile)}.";
            if (server.Authorization is not null && server.AuthorizationFile is not null)
                yield return $"{nameof(Servers)}: {nameof(HttpServerOptions.Authorization)} and {nameof(HttpServerOptions.AuthorizationFile)} exclude each other; give one.";
            foreach (var (name, value) in server.Headers)
            {
                if (name.Length == 0 || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') || value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
                    yield return $"{nameof(Servers)}: the header '{name}' must be named by letters, digits and hyphens and hold printable ASCII.";
            }
        }
    }
}

/// <summary>What one server needs to answer.</summary>
public sealed class HttpServerOptions
{
    /// <summary>The server, such as <c>https://registry.example</c> or <c>http://10.0.0.5:8080</c>: scheme, host and port count. Nothing below is ever sent to another.</summary>
    public Uri? Url { get; set; }

    /// <summary>The value of the header <c>Authorization</c>, such as <c>Bearer 0a1b…</c>. Default: none.</summary>
    public string? Authorization { get; set; }

    /// <summary>A file with the value of the header <c>Authorization</c>, or with a bearer token alone. Read again for every request, so that it may be rotated. Default: none.</summary>
    public string? AuthorizationFile { get; set; }

    /// <summary>Further headers.</summary>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Trust in its certificate and the certificate to show. Default: the system's authorities, none.</summary>
    public TlsOptions Tls { get; } = new();
}
