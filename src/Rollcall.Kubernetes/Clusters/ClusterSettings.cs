namespace Rollcall.Kubernetes.Clusters;

/// <summary>Where a cluster's API is and how one proves there who one is. Holds secrets: it has no text form but its name.</summary>
internal sealed class ClusterSettings
{
    /// <summary>For messages: the context, or <c>in-cluster</c>.</summary>
    public required string Name { get; init; }

    public required Uri Server { get; init; }

    /// <summary>The namespace of targets that name none.</summary>
    public string Namespace { get; init; } = "default";

    public PemSource? Authority { get; init; }

    public bool SkipVerification { get; init; }

    /// <summary>The name the server's certificate must carry; null for the host of <see cref="Server"/>.</summary>
    public string? TlsServerName { get; init; }

    public Uri? Proxy { get; init; }

    public PemSource? Certificate { get; init; }

    public PemSource? Key { get; init; }

    /// <summary>A token that does not change.</summary>
    public string? Token { get; init; }

    /// <summary>A file whose token may be replaced at any time.</summary>
    public string? TokenFile { get; init; }

    /// <summary>A program that is asked for credentials.</summary>
    public ExecSettings? Exec { get; init; }

    public override string ToString() => Name;
}

/// <summary>Text in PEM, in a file or written out.</summary>
internal sealed record PemSource(string? File, byte[]? Data)
{
    /// <summary>For messages.</summary>
    public string Place => File ?? "the kubeconfig";
}

/// <summary>A credential plugin as a kubeconfig names it.</summary>
/// <param name="ApiVersion">The version of <c>ExecCredential</c> it speaks.</param>
/// <param name="Command">What is run.</param>
/// <param name="Arguments">With what arguments.</param>
/// <param name="Variables">With what environment variables besides ours.</param>
/// <param name="Directory">Where a relative <paramref name="Command"/> is looked for.</param>
/// <param name="ProvideClusterInfo">Whether it is told of the cluster.</param>
/// <param name="InstallHint">What the kubeconfig says about a missing command.</param>
internal sealed record ExecSettings(
    string ApiVersion,
    string Command,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<KeyValuePair<string, string>> Variables,
    string Directory,
    bool ProvideClusterInfo,
    string? InstallHint)
{
    // Arguments and variables may hold secrets.
    public override string ToString() => Command;
}
