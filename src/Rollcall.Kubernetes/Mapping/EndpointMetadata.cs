namespace Rollcall.Kubernetes.Mapping;

/// <summary>The keys under which endpoints carry what the cluster knows of them (docs/sources.md).</summary>
internal static class EndpointMetadata
{
    /// <summary>The namespace.</summary>
    public const string Namespace = "namespace";

    /// <summary>The pod's name.</summary>
    public const string Pod = "pod";

    /// <summary>The pod's identity: another pod of the same name has another.</summary>
    public const string PodUid = "pod-uid";

    /// <summary>The ordinal of a StatefulSet's pod.</summary>
    public const string Instance = "instance";

    /// <summary>The DNS name.</summary>
    public const string Dns = "dns";

    /// <summary>The object the address belongs to, as KIND/NAMESPACE/NAME.</summary>
    public const string Target = "target";

    /// <summary>The zones it should serve, with commas between.</summary>
    public const string HintZones = "hint-zones";

    /// <summary>All ports, where the target wanted one of several.</summary>
    public const string Ports = "ports";

    /// <summary>When the pod was started (UTC).</summary>
    public const string Started = "started";

    /// <summary>Followed by the name of a label.</summary>
    public const string LabelPrefix = "label.";

    /// <summary>Followed by the name of a port: what is spoken there.</summary>
    public const string SchemePrefix = EndpointLabels.SchemePrefix;
}
