using System.Collections.Immutable;
using System.Text;
using Rollcall.Sources.Text;

namespace Rollcall.Kubernetes.Clusters;

/// <summary>
/// Reads kubeconfig files as kubectl does: several are merged, the first that says something about a name wins, relative paths are relative to the file that names them.
/// </summary>
internal sealed class KubeConfig
{
    private readonly Dictionary<string, KubeEntry> _clusters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KubeEntry> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KubeEntry> _contexts = new(StringComparer.Ordinal);
    private string? _current;

    /// <summary>The settings of a context.</summary>
    /// <param name="files">Those that do not exist are passed over, unless none does.</param>
    /// <param name="context">Null for the current one.</param>
    /// <exception cref="DiscoveryException">A file is wrong, or there is no such context.</exception>
    public static ClusterSettings Read(IReadOnlyList<string> files, string? context)
    {
        var merged = new KubeConfig();
        var found = files.Where(File.Exists).ToArray();
        if (found.Length == 0)
            throw new DiscoveryException($"There is no kubeconfig at {string.Join(", ", files)}. Correct KUBECONFIG or {KubernetesSourceOptions.Section}:KubeConfig.");
        foreach (var file in found)
            merged.Add(file);
        try
        {
            return merged.Select(context, string.Join(", ", found));
        }
        catch (DataFormatException error)
        {
            throw Wrong(string.Join(", ", found), error);
        }
    }

    private void Add(string file)
    {
        string text;
        try
        {
            var length = new FileInfo(file).Length;
            if (length > DataLimits.MaxBytes)
                throw new DiscoveryException($"The kubeconfig {file} has {length:N0} bytes; at most {DataLimits.MaxBytes:N0} are read.");
            text = File.ReadAllText(file, Encoding.UTF8);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DiscoveryException($"The kubeconfig {file} cannot be read: {error.Message}", error);
        }

        try
        {
            if (string.IsNullOrWhiteSpace(text))
                return;
            var root = new KubeEntry(YamlData.Read(text), file, "the file");
            _current ??= root.Text("current-context") is { Length: > 0 } current ? current : null;
            AddNamed(_clusters, root, "clusters", "cluster");
            AddNamed(_users, root, "users", "user");
            AddNamed(_contexts, root, "contexts", "context");
        }
        catch (DataFormatException error)
        {
            throw Wrong(file, error);
        }
    }

    private static void AddNamed(Dictionary<string, KubeEntry> into, KubeEntry root, string list, string field)
    {
        foreach (var item in root.List(list))
        {
            if (item.Text("name") is { Length: > 0 } name && item.Map(field) is { } entry)
                into.TryAdd(name, entry);
        }
    }

    private ClusterSettings Select(string? name, string files)
    {
        name ??= _current ?? throw new DiscoveryException(
            $"The kubeconfig {files} has no current context. Choose one (kubectl config use-context NAME), or name it: k8s://CONTEXT/namespace/service. {Known(_contexts)}");
        var context = Find(_contexts, name, "context", files);
        var cluster = Find(_clusters, context.Required("cluster"), "cluster", files);
        var user = context.Text("user") is { Length: > 0 } userName ? Find(_users, userName, "user", files) : null;
        if (user?.Map("auth-provider") is not null)
            throw new DiscoveryException($"The user of context '{name}' has an 'auth-provider', which Kubernetes removed in 1.26. Replace it by an 'exec' plugin.");
        return new ClusterSettings
        {
            Name = name,
            Server = cluster.Address("server") ?? throw cluster.Wrong("server", "is missing"),
            Namespace = context.Text("namespace") is { Length: > 0 } space ? space : "default",
            Authority = cluster.Pem("certificate-authority"),
            SkipVerification = cluster.Flag("insecure-skip-tls-verify"),
            TlsServerName = cluster.Text("tls-server-name"),
            Proxy = cluster.Address("proxy-url"),
            Certificate = user?.Pem("client-certificate"),
            Key = user?.Pem("client-key"),
            Token = user?.Text("token"),
            TokenFile = user?.Path("tokenFile"),
            Exec = user?.Map("exec") is { } exec ? ReadExec(exec) : null,
        };
    }

    private static ExecSettings ReadExec(KubeEntry exec)
    {
        var version = exec.Required("apiVersion");
        if (version is not ("client.authentication.k8s.io/v1" or "client.authentication.k8s.io/v1beta1"))
            throw exec.Wrong("apiVersion", $"is '{version}'; known are client.authentication.k8s.io/v1 and client.authentication.k8s.io/v1beta1");
        return new ExecSettings(
            version,
            exec.Required("command"),
            exec.Texts("args"),
            [.. exec.List("env").Select(static item => KeyValuePair.Create(item.Required("name"), item.Text("value") ?? ""))],
            exec.Directory,
            exec.Flag("provideClusterInfo"),
            exec.Text("installHint"));
    }

    private static DiscoveryException Wrong(string file, DataFormatException error) =>
        new($"The kubeconfig {file} is wrong at line {error.Line}, column {error.Column}: {error.Message}.", error);

    private static KubeEntry Find(Dictionary<string, KubeEntry> entries, string name, string what, string files) => entries.TryGetValue(name, out var entry)
        ? entry
        : throw new DiscoveryException($"The kubeconfig {files} has no {what} '{name}'. {Known(entries)}");

    private static string Known(Dictionary<string, KubeEntry> entries) =>
        entries.Count == 0 ? "There are none." : $"There are: {string.Join(", ", entries.Keys.Order(StringComparer.Ordinal).Take(20).ToImmutableArray())}.";
}
