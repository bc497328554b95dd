using System.Text.Json.Nodes;

namespace Rollcall.TestKube.Storage;

/// <summary>Between <c>discovery.k8s.io/v1</c>, in which slices are stored, and <c>v1beta1</c>: there the zone is an entry of the map <c>topology</c>.</summary>
internal static class EndpointSliceVersions
{
    private const string ZoneLabel = "topology.kubernetes.io/zone";
    private const string HostLabel = "kubernetes.io/hostname";

    public static JsonObject ToV1Beta1(JsonObject slice)
    {
        var copy = (JsonObject)slice.DeepClone();
        foreach (var endpoint in Endpoints(copy))
        {
            var topology = new JsonObject();
            if (endpoint["nodeName"]?.GetValue<string>() is { } node)
                topology[HostLabel] = node;
            if (endpoint["zone"]?.GetValue<string>() is { } zone)
                topology[ZoneLabel] = zone;
            foreach (var (key, value) in endpoint["deprecatedTopology"] as JsonObject ?? [])
                topology[key] = value?.DeepClone();
            endpoint.Remove("zone");
            endpoint.Remove("deprecatedTopology");
            if (topology.Count > 0)
                endpoint["topology"] = topology;
        }

        return copy;
    }

    public static JsonObject FromV1Beta1(JsonObject slice)
    {
        var copy = (JsonObject)slice.DeepClone();
        foreach (var endpoint in Endpoints(copy))
        {
            if (endpoint["topology"] is not JsonObject topology)
                continue;
            endpoint.Remove("topology");
            if (topology[ZoneLabel]?.GetValue<string>() is { } zone)
                endpoint["zone"] = zone;
            topology.Remove(ZoneLabel);
            if (endpoint["nodeName"] is null && topology[HostLabel]?.GetValue<string>() is { } node)
                endpoint["nodeName"] = node;
            topology.Remove(HostLabel);
            if (topology.Count > 0)
                endpoint["deprecatedTopology"] = topology;
        }

        return copy;
    }

    private static IEnumerable<JsonObject> Endpoints(JsonObject slice) => (slice["endpoints"] as JsonArray ?? []).OfType<JsonObject>();
}
