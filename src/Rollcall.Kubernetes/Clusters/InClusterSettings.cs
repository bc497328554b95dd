using System.Globalization;

namespace Rollcall.Kubernetes.Clusters;

/// <summary>What a pod is told about its own cluster.</summary>
internal static class InClusterSettings
{
    /// <summary>Null outside of a pod.</summary>
    /// <exception cref="DiscoveryException">What the pod is told makes no sense.</exception>
    public static ClusterSettings? TryRead(string directory, Func<string, string?> variable)
    {
        var (host, port) = (variable("KUBERNETES_SERVICE_HOST"), variable("KUBERNETES_SERVICE_PORT"));
        var token = Path.Combine(directory, "token");
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port) || !File.Exists(token))
            return null;
        if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || Uri.CheckHostName(host) == UriHostNameType.Unknown)
            throw new DiscoveryException($"KUBERNETES_SERVICE_HOST is '{host}' and KUBERNETES_SERVICE_PORT '{port}', which is no address. Unset them, or name a kubeconfig.");
        var authority = Path.Combine(directory, "ca.crt");
        return new ClusterSettings
        {
            Name = "in-cluster",
            Server = new UriBuilder(Uri.UriSchemeHttps, host, number).Uri,
            Namespace = ReadNamespace(Path.Combine(directory, "namespace")),
            Authority = File.Exists(authority) ? new PemSource(authority, null) : null,
            TokenFile = token,
        };
    }

    private static string ReadNamespace(string file)
    {
        try
        {
            var name = File.ReadAllText(file).Trim();
            return NameRules.IsLabel(name) ? name : "default";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "default";
        }
    }
}
