namespace Rollcall.Kubernetes;

/// <summary>How clusters are asked. From the section <c>Rollcall:Kubernetes</c> of the configuration and in code, which comes second.</summary>
public sealed class KubernetesSourceOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Rollcall:Kubernetes";

    /// <summary>Which objects are read, where a target does not say so by <c>?mode=</c>. Default: <see cref="KubernetesMode.EndpointSlices"/>.</summary>
    public KubernetesMode Mode { get; set; }

    /// <summary>The address taken of an endpoint that has both, where a target does not say so by <c>?family=</c>. Default: <see cref="KubernetesFamily.IPv4"/>.</summary>
    public KubernetesFamily Family { get; set; }

    /// <summary>
    /// The kubeconfig file, or several as in <c>KUBECONFIG</c>. Default: those of the environment variable <c>KUBECONFIG</c>; without it the service account of
    /// the pod this runs in; outside of a pod <c>~/.kube/config</c>.
    /// </summary>
    public string? KubeConfig { get; set; }

    /// <summary>The context of the kubeconfig, where a target names none (<c>k8s://context/namespace/service</c>). Default: its current one.</summary>
    public string? Context { get; set; }

    /// <summary>
    /// Whether pods are read besides, for the time they started, since when they are ready and <see cref="Labels"/>; a target says so by <c>?pods=true</c>. Where that is
    /// not allowed, endpoints come without. Default: only when <see cref="Labels"/> names any.
    /// </summary>
    public bool ReadPods { get; set; }

    /// <summary>The labels of pods that endpoints carry, as metadata <c>label.NAME</c>. Default: none.</summary>
    public IList<string> Labels { get; } = [];

    /// <summary>
    /// The zone this process runs in. Default: the environment variable <c>ROLLCALL_ZONE</c>, else the label <c>topology.kubernetes.io/zone</c> of <see cref="NodeName"/>.
    /// </summary>
    public string? Zone { get; set; }

    /// <summary>The cluster's node this process runs on. Default: the environment variable <c>NODE_NAME</c>.</summary>
    public string? NodeName { get; set; }

    /// <summary>
    /// Sends to endpoints of the own zone first (or to those that the cluster's hints give it), and elsewhere only when none of them is ready: others get
    /// <see cref="Endpoint.Priority"/> 1. A zone with few endpoints and many callers may be overloaded by that. Default: false.
    /// </summary>
    public bool PreferOwnZone { get; set; }

    /// <summary>The domain of the cluster's DNS names. Default: <c>cluster.local</c>.</summary>
    public string ClusterDomain { get; set; } = "cluster.local";

    /// <summary>How many objects one page of a list holds, 1 to 5,000. Smaller pages take less memory and more requests. Default: 500.</summary>
    public int PageSize { get; set; } = 500;

    /// <summary>How long an answer may take to begin, and a list to end. Default: 10 s.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A watch on which nothing came for so long, not even a bookmark (a server sends one about every minute), is replaced by a new one. Shorter notices
    /// sooner that one has silently died and asks quiet servers more often. Default: 90 s.
    /// </summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>How often everything is listed anew although the watch goes well, give or take a fifth. Default: 30 min.</summary>
    public TimeSpan ResyncInterval { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long endpoints are read instead of slices before slices are tried again. Default: 5 min.</summary>
    public TimeSpan SliceRetryInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a shared watch goes on after its last target. Default: 10 s.</summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Where a pod finds its service account. Default: <c>/var/run/secrets/kubernetes.io/serviceaccount</c>.</summary>
    public string ServiceAccountDirectory { get; set; } = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>Reads an environment variable.</summary>
    internal Func<string, string?> Variable { get; set; } = Environment.GetEnvironmentVariable;

    /// <summary>What was written in the configuration and could not be read, each with its key.</summary>
    internal List<string> Unreadable { get; } = [];
}
