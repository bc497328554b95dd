using System.Collections.Immutable;
using System.Text.Json;

namespace Rollcall.Kubernetes.Objects;

/// <summary>A pod (<c>v1</c>).</summary>
internal sealed record PodObject(ObjectMeta Meta, string Uid, PodSpec Spec, PodStatus Status) : KubernetesObject(Meta)
{
    /// <summary>All pods of a namespace are followed together: selectors choose among them.</summary>
    public override string Key => "";

    public static PodObject Read(ref Utf8JsonReader json, StringCache strings)
    {
        ObjectMeta? meta = null;
        var uid = "";
        var spec = PodSpec.Empty;
        var status = PodStatus.Empty;
        json.RequireObject();
        while (json.NextField())
        {
            if (json.Is("metadata"u8))
            {
                // A second look at the same few hundred bytes is cheaper than a uid in every kind of object.
                var again = json;
                uid = ReadUid(ref again);
                meta = ObjectMeta.Read(ref json, strings);
            }
            else if (json.Is("spec"u8))
            {
                spec = PodSpec.Read(ref json, strings);
            }
            else if (json.Is("status"u8))
            {
                status = PodStatus.Read(ref json, strings);
            }
            else
            {
                json.SkipField();
            }
        }

        return new PodObject(ObjectMeta.Named(meta), uid, spec, status);
    }

    private static string ReadUid(ref Utf8JsonReader json)
    {
        if (json.EnterObject())
        {
            while (json.NextField())
            {
                if (json.Is("uid"u8))
                    return json.Text() ?? "";
                json.SkipField();
            }
        }

        return "";
    }
}

/// <summary>What a pod was asked to be.</summary>
internal sealed record PodSpec(string? Hostname, string? NodeName, ImmutableArray<ObjectPort> Ports)
{
    public static PodSpec Empty { get; } = new(null, null, []);

    public static PodSpec Read(ref Utf8JsonReader json, StringCache strings)
    {
        string? hostname = null, node = null;
        ImmutableArray<ObjectPort> ports = [];
        if (!json.EnterObject())
            return Empty;
        while (json.NextField())
        {
            if (json.Is("hostname"u8))
                hostname = json.Text();
            else if (json.Is("nodeName"u8))
                node = strings.Text(ref json);
            else if (json.Is("containers"u8))
                ports = [.. json.List(strings, ReadContainer).SelectMany(static list => list)];
            else
                json.SkipField();
        }

        return new PodSpec(hostname, node, ports);
    }

    private static ImmutableArray<ObjectPort> ReadContainer(ref Utf8JsonReader json, StringCache strings)
    {
        ImmutableArray<ObjectPort> ports = [];
        json.RequireObject();
        while (json.NextField())
        {
            if (json.Is("ports"u8))
                ports = json.List(strings, ObjectPort.Read);
            else
                json.SkipField();
        }

        return ports;
    }
}

/// <summary>What a pod is now.</summary>
/// <param name="Phase">Pending, Running, Succeeded, Failed or Unknown.</param>
/// <param name="Addresses">One of each family.</param>
/// <param name="StartTime">When the node took it on.</param>
/// <param name="Ready">Whether its condition Ready holds.</param>
/// <param name="ReadySince">When that condition last changed.</param>
/// <param name="Reason">Why it is not ready, as the cluster says.</param>
internal sealed record PodStatus(string Phase, ImmutableArray<string> Addresses, DateTimeOffset? StartTime, bool Ready, DateTimeOffset? ReadySince, string? Reason)
{
    public static PodStatus Empty { get; } = new("Unknown", [], null, false, null, null);

    /// <summary>True when it will not run again.</summary>
    public bool HasEnded => Phase is "Succeeded" or "Failed";

    public static PodStatus Read(ref Utf8JsonReader json, StringCache strings)
    {
        string? phase = null, ip = null;
        ImmutableArray<string> addresses = [];
        DateTimeOffset? started = null;
        var ready = new PodCondition("", false, null, null);
        if (!json.EnterObject())
            return Empty;
        while (json.NextField())
        {
            if (json.Is("phase"u8))
                phase = strings.Text(ref json);
            else if (json.Is("podIP"u8))
                ip = json.Text();
            else if (json.Is("podIPs"u8))
                addresses = [.. json.List(strings, ReadIp).Where(static address => address.Length > 0)];
            else if (json.Is("startTime"u8))
                started = json.Time();
            else if (json.Is("conditions"u8))
                ready = json.List(strings, PodCondition.Read).FirstOrDefault(static condition => condition.Type == "Ready") ?? ready;
            else
                json.SkipField();
        }

        if (addresses.IsEmpty && !string.IsNullOrEmpty(ip))
            addresses = [ip];
        return new PodStatus(phase ?? "Unknown", addresses, started, ready.Holds, ready.Since, ready.Reason);
    }

    private static string ReadIp(ref Utf8JsonReader json, StringCache strings)
    {
        string? ip = null;
        json.RequireObject();
        while (json.NextField())
        {
            if (json.Is("ip"u8))
                ip = json.Text();
            else
                json.SkipField();
        }

        return ip ?? "";
    }

    private sealed record PodCondition(string Type, bool Holds, DateTimeOffset? Since, string? Reason)
    {
        public static PodCondition Read(ref Utf8JsonReader json, StringCache strings)
        {
            string? type = null, status = null, reason = null;
            DateTimeOffset? since = null;
            json.RequireObject();
            while (json.NextField())
            {
                if (json.Is("type"u8))
                    type = strings.Text(ref json);
                else if (json.Is("status"u8))
                    status = strings.Text(ref json);
                else if (json.Is("reason"u8))
                    reason = strings.Text(ref json);
                else if (json.Is("lastTransitionTime"u8))
                    since = json.Time();
                else
                    json.SkipField();
            }

            return new PodCondition(type ?? "", status == "True", since, reason);
        }
    }
}
