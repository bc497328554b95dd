namespace Rollcall.Node.Imports;

/// <summary>How a service was found, in one word for people and machines.</summary>
internal static class ImportMode
{
    /// <summary>Registered at this node.</summary>
    public const string Registry = "registry";

    /// <summary>Shown from the fallback, because nothing better is known yet.</summary>
    public const string StaticFallback = "static-fallback";

    /// <summary>How a target is found: <c>kubernetes-endpointslices</c>, <c>kubernetes-endpoints</c>, <c>kubernetes-pods</c>, <c>static</c>, or its scheme.</summary>
    public static string Of(ServiceTarget target) => target.Scheme switch
    {
        "k8s" => target.Query.TryGetValue("mode", out var mode) ? $"kubernetes-{mode}" : "kubernetes-endpointslices",
        "file" => "static",
        var scheme => scheme,
    };
}
