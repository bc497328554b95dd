namespace Rollcall.TestKube.Objects;

/// <summary>One kind of object in one version of its API group, as the API server's discovery documents name it.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Version">Such as <c>v1</c>.</param>
/// <param name="Plural">The name in paths: <c>endpointslices</c>.</param>
/// <param name="Kind">The name in documents: <c>EndpointSlice</c>.</param>
/// <param name="IsNamespaced">False for nodes and namespaces.</param>
/// <param name="ShortNames">What people type at kubectl, such as <c>svc</c>.</param>
public sealed record ApiResource(string Group, string Version, string Plural, string Kind, bool IsNamespaced, params string[] ShortNames)
{
    public static readonly ApiResource Services = new("", "v1", "services", "Service", true, "svc");
    public static readonly ApiResource Endpoints = new("", "v1", "endpoints", "Endpoints", true, "ep");
    public static readonly ApiResource Pods = new("", "v1", "pods", "Pod", true, "po");
    public static readonly ApiResource Nodes = new("", "v1", "nodes", "Node", false, "no");
    public static readonly ApiResource Namespaces = new("", "v1", "namespaces", "Namespace", false, "ns");
    public static readonly ApiResource ConfigMaps = new("", "v1", "configmaps", "ConfigMap", true, "cm");
    public static readonly ApiResource StatefulSets = new("apps", "v1", "statefulsets", "StatefulSet", true, "sts");
    public static readonly ApiResource EndpointSlices = new("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", true);
    public static readonly ApiResource EndpointSlicesV1Beta1 = EndpointSlices with { Version = "v1beta1" };

    /// <summary>Every resource the double knows, each version by itself.</summary>
    public static readonly IReadOnlyList<ApiResource> All =
        [ConfigMaps, Endpoints, Namespaces, Nodes, Pods, Services, StatefulSets, EndpointSlices, EndpointSlicesV1Beta1];

    /// <summary>As documents say it: <c>v1</c>, <c>apps/v1</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>As errors say it: <c>pods</c>, <c>endpointslices.discovery.k8s.io</c>. Versions of one resource share it, and what is stored under it.</summary>
    public string QualifiedName => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>What <c>kubectl</c> calls one of them.</summary>
    public string Singular => Kind.ToLowerInvariant();

    /// <summary>The resource a document's <c>apiVersion</c> and <c>kind</c> name.</summary>
    /// <exception cref="ArgumentException">The double does not know it.</exception>
    public static ApiResource Find(string? apiVersion, string? kind) =>
        All.FirstOrDefault(resource => resource.ApiVersion == apiVersion && resource.Kind == kind)
        ?? throw new ArgumentException($"The double knows no kind {kind} in {apiVersion}; it knows {string.Join(", ", All.Select(static known => $"{known.ApiVersion} {known.Kind}"))}.", nameof(kind));

    public override string ToString() => $"{ApiVersion} {Plural}";
}
