using Rollcall.Servers;

namespace Rollcall.Etcd;

/// <summary>How etcd is asked; the section <c>Rollcall:Etcd</c> of the configuration. What is not set is taken from the variables that <c>etcdctl</c> reads.</summary>
public sealed class EtcdSourceOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Rollcall:Etcd";

    /// <summary>
    /// The members to ask when a target names none; one that fails is followed by the next. Default: those in <c>ETCDCTL_ENDPOINTS</c> (separated by commas),
    /// else <c>http://127.0.0.1:2379</c>.
    /// </summary>
    public IList<Uri> Endpoints { get; } = [];

    /// <summary>What stands before the name of a service in its keys, such as <c>/services/</c>. A target may name another. Default: nothing.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>The user, where etcd asks for one. Default: that of <c>ETCDCTL_USER</c> (<c>user</c> or <c>user:password</c>).</summary>
    public string? Username { get; set; }

    /// <summary>The user's password. Default: that of <c>ETCDCTL_PASSWORD</c> or <c>ETCDCTL_USER</c>.</summary>
    public string? Password { get; set; }

    /// <summary>A file with the user's password, read again for every login, so that it may be rotated. Default: none.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>
    /// Trust in the members' certificates and the certificate to show. Members that a target names are asked by https when anything is set here.
    /// Default: the files in <c>ETCDCTL_CACERT</c>, <c>ETCDCTL_CERT</c> and <c>ETCDCTL_KEY</c>.
    /// </summary>
    public TlsOptions Tls { get; } = new();

    /// <summary>How long a member may take for an answer before the next is asked. Default: 5 s.</summary>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A watch that has been silent for so long is compared with what the cluster has, by one small request; one that has missed something is replaced.
    /// Shorter notices a silently dead connection sooner. 1 s to 1 h, default 15 s.
    /// </summary>
    public TimeSpan SilenceCheck { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>What was written in the configuration and could not be read, each with its key.</summary>
    internal List<string> Unreadable { get; } = [];

    /// <summary>Every rule that is broken, by the name of its option.</summary>
    internal IEnumerable<string> Errors()
    {
        foreach (var endpoint in Endpoints)
        {
            if (endpoint is not { IsAbsoluteUri: true, Scheme: "http" or "https", UserInfo: "", PathAndQuery: "/" })
                yield return $"{nameof(Endpoints)}: '{(endpoint.IsAbsoluteUri ? ServerFailure.NameOf(endpoint) : endpoint)}' is no member. Write it like http://10.0.0.5:2379, and user and password into {nameof(Username)} and {nameof(PasswordFile)}.";
        }

        if (Prefix.Any(char.IsControl))
            yield return $"{nameof(Prefix)} contains control characters.";
        if (Username is { } user && (user.Length == 0 || user.Any(char.IsControl)))
            yield return $"{nameof(Username)} must not be empty or contain control characters.";
        if (Password is not null && PasswordFile is not null)
            yield return $"{nameof(Password)} and {nameof(PasswordFile)} exclude each other; give one.";
        if (AnswerTimeout <= TimeSpan.Zero || AnswerTimeout > TimeSpan.FromMinutes(5))
            yield return $"{nameof(AnswerTimeout)} is {AnswerTimeout}; it must be more than 0 and at most 5 min.";
        if (SilenceCheck < TimeSpan.FromSeconds(1) || SilenceCheck > TimeSpan.FromHours(1))
            yield return $"{nameof(SilenceCheck)} is {SilenceCheck}; it must be 1 s to 1 h.";
    }
}
