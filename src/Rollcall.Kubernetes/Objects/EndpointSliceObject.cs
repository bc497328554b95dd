using System.Collections.Immutable;
using System.Text.Json;

namespace Rollcall.Kubernetes.Objects;

/// <summary>
/// A slice of a service's endpoints (<c>discovery.k8s.io/v1</c>; <c>v1beta1</c> differs in where it keeps node and zone). Conditions that are absent are
/// read as the API says: unknown readiness counts as ready.
/// </summary>
internal sealed record EndpointSliceObject(ObjectMeta Meta, string AddressType, ImmutableArray<ObjectPort> Ports, ImmutableArray<SliceEndpoint> Endpoints)
    : KubernetesObject(Meta)
{
    private const string ServiceLabel = "kubernetes.io/service-name";

    /// <summary>The service it belongs to; empty when nothing says so.</summary>
    public override string Key => Meta.Labels.TryGetValue(ServiceLabel, out var service) ? service : "";

    public static EndpointSliceObject Read(ref Utf8JsonReader json, StringCache strings)
    {
        ObjectMeta? meta = null;
        var type = "IPv4";
        ImmutableArray<ObjectPort> ports = [];
        ImmutableArray<SliceEndpoint> endpoints = [];
        json.RequireObject();
        while (json.NextField())
        {
            if (json.Is("metadata"u8))
                meta = ObjectMeta.Read(ref json, strings);
            else if (json.Is("addressType"u8))
                type = strings.Text(ref json) ?? type;
            else if (json.Is("ports"u8))
                ports = json.List(strings, ObjectPort.Read);
            else if (json.Is("endpoints"u8))
                endpoints = json.List(strings, SliceEndpoint.Read);
            else
                json.SkipField();
        }

        return new EndpointSliceObject(ObjectMeta.Named(meta), type, ports, endpoints);
    }
}

/// <summary>One endpoint of a slice.</summary>
internal sealed record SliceEndpoint
{
    /// <summary>The first of its addresses: "consumers may use only the first", says the API. Empty when there is none.</summary>
    public string Address { get; private init; } = "";

    public bool Ready { get; private init; }

    public bool Serving { get; private init; }

    public bool Terminating { get; private init; }

    public string? Hostname { get; private init; }

    public string? NodeName { get; private init; }

    public string? Zone { get; private init; }

    /// <summary>The zones the cluster wants it to serve.</summary>
    public ImmutableArray<string> ForZones { get; private init; } = [];

    public TargetRef? Target { get; private init; }

    public static SliceEndpoint Read(ref Utf8JsonReader json, StringCache strings)
    {
        string address = "";
        string? hostname = null, node = null, zone = null;
        (bool? Ready, bool? Serving, bool? Terminating) conditions = default;
        var topology = SmallMap<string>.Empty;
        ImmutableArray<string> forZones = [];
        TargetRef? target = null;
        json.RequireObject();
        while (json.NextField())
        {
            if (json.Is("addresses"u8))
                address = First(ref json);
            else if (json.Is("conditions"u8))
                conditions = Conditions(ref json);
            else if (json.Is("hostname"u8))
                hostname = json.Text();
            else if (json.Is("nodeName"u8))
                node = strings.Text(ref json);
            else if (json.Is("zone"u8))
                zone = strings.Text(ref json);
            else if (json.Is("topology"u8) || json.Is("deprecatedTopology"u8))
                topology = json.Strings(strings);
            else if (json.Is("hints"u8))
                forZones = Hints(ref json, strings);
            else if (json.Is("targetRef"u8))
                target = TargetRef.Read(ref json, strings);
            else
                json.SkipField();
        }

        var ready = conditions.Ready ?? true;
        return new SliceEndpoint
        {
            Address = address,
            Ready = ready,
            Serving = conditions.Serving ?? ready,
            Terminating = conditions.Terminating ?? false,
            Hostname = hostname,
            NodeName = node ?? (topology.TryGetValue("kubernetes.io/hostname", out var host) ? host : null),
            Zone = zone ?? NodeObject.ZoneOf(topology),
            ForZones = forZones,
            Target = target,
        };
    }

    private static string First(ref Utf8JsonReader json)
    {
        string? first = null;
        if (json.EnterArray())
        {
            while (json.NextItem())
                first ??= json.Text();
        }

        return first ?? "";
    }

    private static (bool? Ready, bool? Serving, bool? Terminating) Conditions(ref Utf8JsonReader json)
    {
        bool? ready = null, serving = null, terminating = null;
        if (json.EnterObject())
        {
            while (json.NextField())
            {
                if (json.Is("ready"u8))
                    ready = json.Flag();
                else if (json.Is("serving"u8))
                    serving = json.Flag();
                else if (json.Is("terminating"u8))
                    terminating = json.Flag();
                else
                    json.SkipField();
            }
        }

        return (ready, serving, terminating);
    }

    private static ImmutableArray<string> Hints(ref Utf8JsonReader json, StringCache strings)
    {
        ImmutableArray<string> zones = [];
        if (json.EnterObject())
        {
            while (json.NextField())
            {
                if (json.Is("forZones"u8))
                    zones = json.List(strings, HintedZone);
                else
                    json.SkipField();
            }
        }

        return zones;
    }

    private static string HintedZone(ref Utf8JsonReader json, StringCache strings)
    {
        string? name = null;
        json.RequireObject();
        while (json.NextField())
        {
            if (json.Is("name"u8))
                name = strings.Text(ref json);
            else
                json.SkipField();
        }

        return name ?? "";
    }
}
