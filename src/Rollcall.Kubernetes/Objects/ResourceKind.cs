namespace Rollcall.Kubernetes.Objects;

/// <summary>A kind of object of the API: where it is found and how it is read.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Version">Of the group.</param>
/// <param name="Plural">As in paths and roles.</param>
/// <param name="Read">Reads one.</param>
internal sealed record ResourceKind<T>(string Group, string Version, string Plural, ItemReader<T> Read)
    where T : KubernetesObject
{
    /// <summary>The path of all of them in a namespace, without a leading slash.</summary>
    public string PathIn(string space) => $"{(Group.Length == 0 ? "api" : $"apis/{Group}")}/{Version}/namespaces/{space}/{Plural}";
}

/// <summary>The kinds that discovery reads.</summary>
internal static class ResourceKinds
{
    public static ResourceKind<EndpointSliceObject> Slices { get; } = new("discovery.k8s.io", "v1", "endpointslices", EndpointSliceObject.Read);

    /// <summary>As served before Kubernetes 1.21.</summary>
    public static ResourceKind<EndpointSliceObject> BetaSlices { get; } = new("discovery.k8s.io", "v1beta1", "endpointslices", EndpointSliceObject.Read);

    public static ResourceKind<EndpointsObject> Endpoints { get; } = new("", "v1", "endpoints", EndpointsObject.Read);

    public static ResourceKind<PodObject> Pods { get; } = new("", "v1", "pods", PodObject.Read);

    public static ResourceKind<ServiceObject> Services { get; } = new("", "v1", "services", ServiceObject.Read);
}
