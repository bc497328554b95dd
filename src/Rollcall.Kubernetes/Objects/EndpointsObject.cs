using System.Collections.Immutable;
using System.Text.Json;

namespace Rollcall.Kubernetes.Objects;

/// <summary>The older list of a service's endpoints (<c>v1</c>), named after it.</summary>
internal sealed record EndpointsObject(ObjectMeta Meta, ImmutableArray<EndpointsSubset> Subsets) : KubernetesObject(Meta)
{
    public override string Key => Name;

    public static EndpointsObject Read(ref Utf8JsonReader json, StringCache strings)
    {
        ObjectMeta? meta = null;
        ImmutableArray<EndpointsSubset> subsets = [];
        json.RequireObject();
        while (json.NextField())
        {
            if (json.Is("metadata"u8))
                meta = ObjectMeta.Read(ref json, strings);
            else if (json.Is("subsets"u8))
                subsets = json.List(strings, EndpointsSubset.Read);
            else
                json.SkipField();
        }

        return new EndpointsObject(ObjectMeta.Named(meta), subsets);
    }
}

/// <summary>Addresses that share their ports.</summary>
internal sealed record EndpointsSubset(ImmutableArray<SubsetAddress> Ready, ImmutableArray<SubsetAddress> NotReady, ImmutableArray<ObjectPort> Ports)
{
    public static EndpointsSubset Read(ref Utf8JsonReader json, StringCache strings)
    {
        ImmutableArray<SubsetAddress> ready = [], notReady = [];
        ImmutableArray<ObjectPort> ports = [];
        json.RequireObject();
        while (json.NextField())
        {
            if (json.Is("addresses"u8))
                ready = json.List(strings, SubsetAddress.Read);
            else if (json.Is("notReadyAddresses"u8))
                notReady = json.List(strings, SubsetAddress.Read);
            else if (json.Is("ports"u8))
                ports = json.List(strings, ObjectPort.Read);
            else
                json.SkipField();
        }

        return new EndpointsSubset(ready, notReady, ports);
    }
}

/// <summary>One address of a subset.</summary>
internal sealed record SubsetAddress(string Ip, string? Hostname, string? NodeName, TargetRef? Target)
{
    public static SubsetAddress Read(ref Utf8JsonReader json, StringCache strings)
    {
        string? ip = null, hostname = null, node = null;
        TargetRef? target = null;
        json.RequireObject();
        while (json.NextField())
        {
            if (json.Is("ip"u8))
                ip = json.Text();
            else if (json.Is("hostname"u8))
                hostname = json.Text();
            else if (json.Is("nodeName"u8))
                node = strings.Text(ref json);
            else if (json.Is("targetRef"u8))
                target = TargetRef.Read(ref json, strings);
            else
                json.SkipField();
        }

        return new SubsetAddress(ip ?? "", hostname, node, target);
    }
}
