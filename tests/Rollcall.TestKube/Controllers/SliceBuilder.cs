using System.Net.Sockets;
using System.Text.Json.Nodes;
using Rollcall.TestKube.Storage;

namespace Rollcall.TestKube.Controllers;

/// <summary>
/// The endpoint slices of a service. An endpoint stays in the slice it is in; new ones fill the fullest slice that has room, so that a change of one endpoint changes
/// one slice. Pure.
/// </summary>
internal sealed class SliceBuilder(StoredObject service, IReadOnlyDictionary<string, string> zones, int maxEndpoints)
{
    public const string ServiceLabel = "kubernetes.io/service-name";
    public const string ManagedByLabel = "endpointslice.kubernetes.io/managed-by";
    public const string Controller = "endpointslice-controller.k8s.io";

    /// <summary>Every slice that should be, with those of now kept as far as they can be.</summary>
    /// <param name="pods">That the service selects.</param>
    /// <param name="existing">The slices of now, whole.</param>
    /// <param name="newName">Names one that is new.</param>
    public List<JsonObject> Build(IReadOnlyList<PodView> pods, IReadOnlyList<JsonObject> existing, Func<string> newName)
    {
        var result = new List<JsonObject>();
        foreach (var family in Families())
        {
            var type = family == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4";
            var ofType = existing.Where(slice => slice["addressType"]?.GetValue<string>() == type).ToList();
            var groups = pods.Where(pod => !pod.IsOver && pod.AddressOf(family) is not null)
                .Select(pod => (Ports: ServicePorts.Resolve(service.Body, pod, forSlice: true), Endpoint: Endpoint(pod, family)))
                .GroupBy(static item => item.Ports.ToJsonString(), static item => item, StringComparer.Ordinal)
                .ToArray();
            if (groups.Length == 0)
                result.Add(Slice(ofType.FirstOrDefault(), newName, type, [], null));
            foreach (var group in groups)
            {
                var samePorts = ofType.Where(slice => (slice["ports"]?.ToJsonString() ?? "[]") == group.Key).ToList();
                result.AddRange(Distribute([.. group.Select(static item => item.Endpoint)], samePorts, newName, type, group.First().Ports));
            }
        }

        return result;
    }

    private IEnumerable<AddressFamily> Families() =>
        (service.Body["spec"]?["ipFamilies"] as JsonArray ?? ["IPv4"]).Select(static family => family!.GetValue<string>() == "IPv6" ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);

    private IEnumerable<JsonObject> Distribute(List<JsonObject> endpoints, List<JsonObject> slices, Func<string> newName, string type, JsonArray ports)
    {
        var left = endpoints.ToDictionary(Identity, StringComparer.Ordinal);
        var filled = slices.ConvertAll(slice => (Slice: (JsonObject?)slice, Endpoints: Kept(slice, left)));
        foreach (var endpoint in endpoints.Where(endpoint => left.ContainsKey(Identity(endpoint))))
        {
            var room = filled.Where(item => item.Endpoints.Count < maxEndpoints).OrderByDescending(static item => item.Endpoints.Count).FirstOrDefault();
            if (room.Endpoints is null)
                filled.Add(room = (null, []));
            room.Endpoints.Add(endpoint);
        }

        return filled.Where(static item => item.Endpoints.Count > 0).Select(item => Slice(item.Slice, newName, type, item.Endpoints, ports));
    }

    // What is still wanted of a slice, as it is now; taken out of what is left to place.
    private static List<JsonObject> Kept(JsonObject slice, Dictionary<string, JsonObject> left)
    {
        var kept = new List<JsonObject>();
        foreach (var endpoint in (slice["endpoints"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (left.Remove(Identity(endpoint), out var now))
                kept.Add(now);
        }

        return kept;
    }

    private static string Identity(JsonObject endpoint) => endpoint["targetRef"]?["uid"]?.GetValue<string>() ?? endpoint["addresses"]![0]!.GetValue<string>();

    private JsonObject Slice(JsonObject? existing, Func<string> newName, string type, List<JsonObject> endpoints, JsonArray? ports)
    {
        var labels = service.Labels?.DeepClone().AsObject() ?? [];
        labels[ManagedByLabel] = Controller;
        labels[ServiceLabel] = service.Name;
        if (service.Body["spec"]?["clusterIP"]?.GetValue<string>() == "None")
            labels["service.kubernetes.io/headless"] = "";
        var metadata = Manifest.Metadata(service.Namespace, existing?["metadata"]!["name"]!.GetValue<string>() ?? newName(), labels);
        metadata["generateName"] = $"{service.Name}-";
        metadata["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Service",
            ["name"] = service.Name,
            ["uid"] = service.Metadata["uid"]!.DeepClone(),
            ["controller"] = true,
            ["blockOwnerDeletion"] = true,
        });
        return new()
        {
            ["apiVersion"] = "discovery.k8s.io/v1",
            ["kind"] = "EndpointSlice",
            ["metadata"] = metadata,
            ["addressType"] = type,
            ["endpoints"] = endpoints.Count == 0 ? null : new JsonArray([.. endpoints]),
            ["ports"] = ports?.DeepClone(),
        };
    }

    private JsonObject Endpoint(PodView pod, AddressFamily family)
    {
        var always = service.Body["spec"]?["publishNotReadyAddresses"]?.GetValue<bool>() == true;
        var endpoint = new JsonObject
        {
            ["addresses"] = new JsonArray(pod.AddressOf(family)),
            ["conditions"] = new JsonObject { ["ready"] = always || (pod.IsReady && !pod.IsTerminating), ["serving"] = pod.IsReady, ["terminating"] = pod.IsTerminating },
            ["targetRef"] = pod.Reference(),
        };
        if (pod.Hostname is not null && pod.Subdomain == service.Name)
            endpoint["hostname"] = pod.Hostname;
        if (pod.Node is not { } node)
            return endpoint;
        endpoint["nodeName"] = node;
        if (zones.TryGetValue(node, out var zone))
        {
            endpoint["zone"] = zone;
            if (IsTopologyAware())
                endpoint["hints"] = new JsonObject { ["forZones"] = new JsonArray(new JsonObject { ["name"] = zone }) };
        }

        return endpoint;
    }

    private bool IsTopologyAware() =>
        service.Body["spec"]?["trafficDistribution"]?.GetValue<string>() is "PreferClose" or "PreferSameZone"
        || string.Equals(service.Metadata["annotations"]?["service.kubernetes.io/topology-mode"]?.GetValue<string>(), "auto", StringComparison.OrdinalIgnoreCase);
}
