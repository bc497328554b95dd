using System.Collections.Immutable;
using System.Text.Json;

namespace Rollcall.Kubernetes.Objects;

/// <summary>A service (<c>v1</c>): which pods it means and how it names their ports.</summary>
internal sealed record ServiceObject(ObjectMeta Meta, SmallMap<string> Selector, ImmutableArray<ObjectPort> Ports, bool PublishNotReady) : KubernetesObject(Meta)
{
    public override string Key => Name;

    public static ServiceObject Read(ref Utf8JsonReader json, StringCache strings)
    {
        ObjectMeta? meta = null;
        var service = new ServiceObject(null!, SmallMap<string>.Empty, [], false);
        json.RequireObject();
        while (json.NextField())
        {
            if (json.Is("metadata"u8))
                meta = ObjectMeta.Read(ref json, strings);
            else if (json.Is("spec"u8))
                service = ReadSpec(ref json, strings);
            else
                json.SkipField();
        }

        return service with { Meta = ObjectMeta.Named(meta) };
    }

    private static ServiceObject ReadSpec(ref Utf8JsonReader json, StringCache strings)
    {
        var selector = SmallMap<string>.Empty;
        ImmutableArray<ObjectPort> ports = [];
        var publish = false;
        if (json.EnterObject())
        {
            while (json.NextField())
            {
                if (json.Is("selector"u8))
                    selector = json.Strings(strings);
                else if (json.Is("ports"u8))
                    ports = json.List(strings, ObjectPort.Read);
                else if (json.Is("publishNotReadyAddresses"u8))
                    publish = json.Flag() ?? false;
                else
                    json.SkipField();
            }
        }

        return new ServiceObject(null!, selector, ports, publish);
    }
}

/// <summary>A machine of the cluster (<c>v1</c>).</summary>
internal sealed record NodeObject(ObjectMeta Meta) : KubernetesObject(Meta)
{
    public override string Key => Name;

    /// <summary>Its zone; null when its labels do not say.</summary>
    public string? Zone => ZoneOf(Meta.Labels);

    public static NodeObject Read(ref Utf8JsonReader json, StringCache strings)
    {
        ObjectMeta? meta = null;
        json.RequireObject();
        while (json.NextField())
        {
            if (json.Is("metadata"u8))
                meta = ObjectMeta.Read(ref json, strings);
            else
                json.SkipField();
        }

        return new NodeObject(ObjectMeta.Named(meta));
    }

    /// <summary>The zone among labels, under its present or its former name.</summary>
    public static string? ZoneOf(SmallMap<string> labels) =>
        labels.TryGetValue("topology.kubernetes.io/zone", out var zone) || labels.TryGetValue("failure-domain.beta.kubernetes.io/zone", out zone) ? zone : null;
}
