using System.Net.Sockets;
using System.Text.Json.Nodes;
using Rollcall.TestKube.Storage;

namespace Rollcall.TestKube.Controllers;

/// <summary>The Endpoints object of a service: ready addresses and those that are not, grouped by their ports. Pure.</summary>
internal static class EndpointsBuilder
{
    public static JsonObject Build(StoredObject service, IEnumerable<PodView> pods)
    {
        var always = service.Body["spec"]?["publishNotReadyAddresses"]?.GetValue<bool>() == true;
        var groups = pods
            .Where(pod => !pod.IsOver && (always || !pod.IsTerminating) && pod.AddressOf(AddressFamily.InterNetwork) is not null)
            .Select(pod => (Pod: pod, Ports: ServicePorts.Resolve(service.Body, pod, forSlice: false)))
            .GroupBy(static item => item.Ports.ToJsonString(), StringComparer.Ordinal)
            .OrderBy(static group => group.Key, StringComparer.Ordinal);
        var labels = service.Labels?.DeepClone().AsObject() ?? [];
        if (service.Body["spec"]?["clusterIP"]?.GetValue<string>() == "None")
            labels["service.kubernetes.io/headless"] = "";
        var subsets = new JsonArray([.. groups.Select(group => (JsonNode)Subset(service, [.. group.Select(static item => item.Pod)], group.First().Ports, always))]);
        var json = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Endpoints",
            ["metadata"] = Manifest.Metadata(service.Namespace, service.Name, labels),
        };
        if (subsets.Count > 0)
            json["subsets"] = subsets;
        return json;
    }

    private static JsonObject Subset(StoredObject service, PodView[] pods, JsonArray ports, bool always)
    {
        var subset = new JsonObject();
        Add("addresses", isReady: true);
        Add("notReadyAddresses", isReady: false);
        if (ports.Count > 0)
            subset["ports"] = ports;
        return subset;

        void Add(string name, bool isReady)
        {
            var addresses = pods.Where(pod => (pod.IsReady || always) == isReady).Select(pod => (JsonNode)Address(service, pod)).ToArray();
            if (addresses.Length > 0)
                subset[name] = new JsonArray(addresses);
        }
    }

    private static JsonObject Address(StoredObject service, PodView pod)
    {
        var address = new JsonObject { ["ip"] = pod.AddressOf(AddressFamily.InterNetwork) };
        if (pod.Hostname is not null && pod.Subdomain == service.Name)
            address["hostname"] = pod.Hostname;
        if (pod.Node is not null)
            address["nodeName"] = pod.Node;
        address["targetRef"] = pod.Reference();
        return address;
    }
}
