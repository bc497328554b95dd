using Rollcall.Servers;

namespace Rollcall.Consul;

/// <summary>How Consul is asked; the section <c>Rollcall:Consul</c> of the configuration. What is not set is taken from the variables that Consul's own programs read.</summary>
public sealed class ConsulSourceOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Rollcall:Consul";

    /// <summary>
    /// The agents or servers to ask when a target names none; one that fails is followed by the next. Default: that of <c>CONSUL_HTTP_ADDR</c>, else
    /// <c>http://127.0.0.1:8500</c>.
    /// </summary>
    public IList<Uri> Agents { get; } = [];

    /// <summary>The ACL token; it needs <c>service:read</c> on the services and <c>node:read</c> on their nodes. Default: that of <c>CONSUL_HTTP_TOKEN</c>.</summary>
    public string? Token { get; set; }

    /// <summary>A file with the token, read again for every query, so that it may be rotated. Default: that of <c>CONSUL_HTTP_TOKEN_FILE</c>.</summary>
    public string? TokenFile { get; set; }

    /// <summary>The datacenter to ask for where a target names none (<c>?dc=</c>). Default: the agent's own.</summary>
    public string? Datacenter { get; set; }

    /// <summary>The namespace (<c>?ns=</c>; Consul Enterprise). Default: that of <c>CONSUL_NAMESPACE</c>, else the token's.</summary>
    public string? Namespace { get; set; }

    /// <summary>The admin partition (<c>?partition=</c>; Consul Enterprise). Default: that of <c>CONSUL_PARTITION</c>, else the agent's.</summary>
    public string? Partition { get; set; }

    /// <summary>
    /// Lets any server answer, not only the leader: cheaper, and possible while there is no leader, but the answer may be old. Default: false.
    /// </summary>
    public bool AllowStale { get; set; }

    /// <summary>With <see cref="AllowStale"/>: when the server has not heard from its leader for longer, the set says so in its freshness. Default: 10 s.</summary>
    public TimeSpan MaxStaleness { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest a blocking query waits for a change; Consul adds up to a sixteenth. 1 s to 10 min, default 1 min.</summary>
    public TimeSpan Wait { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an answer may take beyond the wait it was asked for before the next agent is asked. Default: 5 s.</summary>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Trust in the agents' certificates and the certificate to show. Agents that a target names are asked by https when anything is set here.
    /// Default: <c>CONSUL_CACERT</c>, <c>CONSUL_CLIENT_CERT</c>, <c>CONSUL_CLIENT_KEY</c>, <c>CONSUL_TLS_SERVER_NAME</c>, <c>CONSUL_HTTP_SSL_VERIFY</c>.
    /// </summary>
    public TlsOptions Tls { get; } = new();

    /// <summary>What was written in the configuration and could not be read, each with its key.</summary>
    internal List<string> Unreadable { get; } = [];

    /// <summary>Every rule that is broken, by the name of its option.</summary>
    internal IEnumerable<string> Errors()
    {
        foreach (var agent in Agents)
        {
            if (agent is not { IsAbsoluteUri: true, Scheme: "http" or "https", UserInfo: "", PathAndQuery: "/" })
                yield return $"{nameof(Agents)}: '{(agent.IsAbsoluteUri ? ServerFailure.NameOf(agent) : agent)}' is no agent. Write it like http://127.0.0.1:8500, and the token into {nameof(TokenFile)}.";
        }

        if (Token is not null && TokenFile is not null)
            yield return $"{nameof(Token)} and {nameof(TokenFile)} exclude each other; give one.";
        if (Token is { } token && (token.Length == 0 || token.AsSpan().ContainsAnyExceptInRange('!', '~')))
            yield return $"{nameof(Token)} must be printable ASCII without spaces and not empty.";
        if (Wait < TimeSpan.FromSeconds(1) || Wait > TimeSpan.FromMinutes(10))
            yield return $"{nameof(Wait)} is {Wait}; it must be 1 s to 10 min.";
        if (AnswerTimeout <= TimeSpan.Zero || AnswerTimeout > TimeSpan.FromMinutes(5))
            yield return $"{nameof(AnswerTimeout)} is {AnswerTimeout}; it must be more than 0 and at most 5 min.";
        if (MaxStaleness <= TimeSpan.Zero)
            yield return $"{nameof(MaxStaleness)} is {MaxStaleness}; it must be more than 0.";
    }
}
