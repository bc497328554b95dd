namespace Rollcall.Kubernetes;

/// <summary>Which objects of the cluster endpoints are read from.</summary>
public enum KubernetesMode
{
    /// <summary><c>discovery.k8s.io</c> endpoint slices: the default. Where they are not served or not allowed, <see cref="Endpoints"/> are read instead.</summary>
    EndpointSlices = 0,

    /// <summary>The older <c>v1</c> endpoints: no zones, no draining, at most 1,000 addresses a service.</summary>
    Endpoints = 1,

    /// <summary>Pods, by a label selector or by the one of the service.</summary>
    Pods = 2,
}

/// <summary>Which address is taken of an endpoint that has both.</summary>
public enum KubernetesFamily
{
    /// <summary>IPv4 where there is one.</summary>
    IPv4 = 0,

    /// <summary>IPv6 where there is one.</summary>
    IPv6 = 1,
}
