namespace Rollcall.Kubernetes.Clusters;

/// <summary>Finds the settings of a cluster, in the order an operator expects: what is named, then the pod's own, then the user's.</summary>
internal sealed class ClusterSettingsReader(KubernetesSourceOptions options)
{
    /// <exception cref="DiscoveryException">There are none, or they are wrong.</exception>
    public ClusterSettings Read(string? context)
    {
        context ??= options.Context;
        if (Listed(options.KubeConfig ?? options.Variable("KUBECONFIG")) is { Length: > 0 } files)
            return KubeConfig.Read(files, context);
        if (context is null && InClusterSettings.TryRead(options.ServiceAccountDirectory, options.Variable) is { } own)
            return own;
        var home = options.Variable("HOME") ?? options.Variable("USERPROFILE");
        var file = Path.Combine(home ?? "/", ".kube", "config");
        return File.Exists(file)
            ? KubeConfig.Read([file], context)
            : throw new DiscoveryException(
                $"There is no cluster to ask: this is no pod with a service account (KUBERNETES_SERVICE_HOST and {options.ServiceAccountDirectory}/token), and there is no kubeconfig at "
                + $"{file}. Set KUBECONFIG, or {KubernetesSourceOptions.Section}:{nameof(options.KubeConfig)}.");
    }

    private static string[] Listed(string? files) =>
        files?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
