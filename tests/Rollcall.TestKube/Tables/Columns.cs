using System.Globalization;
using System.Text.Json.Nodes;
using Rollcall.TestKube.Objects;

namespace Rollcall.TestKube.Tables;

/// <summary>The columns of each resource, as the API server has them.</summary>
internal static class Columns
{
    private const string None = "<none>";

    private static readonly Column Name = new("Name", false, static (json, _) => Text(json, "metadata", "name"));
    private static readonly Column AgeColumn = new("Age", false, static (json, now) =>
        DateTimeOffset.TryParse(Text(json, "metadata", "creationTimestamp"), CultureInfo.InvariantCulture, out var since) ? Age.Format(now - since) : "<unknown>");

    public static IReadOnlyList<Column> Of(ApiResource resource) => resource.Kind switch
    {
        "Pod" =>
        [
            Name, Plain("Ready", ReadyContainers), Plain("Status", PodStatus), Plain("Restarts", static _ => 0), AgeColumn,
            Wide("IP", static json => Or(Text(json, "status", "podIP"))), Wide("Node", static json => Or(Text(json, "spec", "nodeName"))),
            Wide("Nominated Node", static _ => None), Wide("Readiness Gates", static _ => None),
        ],
        "Service" =>
        [
            Name, Plain("Type", static json => Or(Text(json, "spec", "type"))), Plain("Cluster-IP", static json => Or(Text(json, "spec", "clusterIP"))),
            Plain("External-IP", static _ => None), Plain("Port(s)", static json => Or(string.Join(',', List(json, "spec", "ports").Select(static port => $"{port["port"]}/{port["protocol"] ?? "TCP"}")))), AgeColumn,
            Wide("Selector", static json => Or(Labels(json["spec"]?["selector"] as JsonObject))),
        ],
        "Endpoints" => [Name, Plain("Endpoints", Addresses), AgeColumn],
        "EndpointSlice" =>
        [
            Name, Plain("AddressType", static json => Text(json, "addressType")), Plain("Ports", static json => Joined(List(json, "ports").Select(static port => port["port"]?.ToString() ?? "*"), "<unset>")),
            Plain("Endpoints", static json => Joined(List(json, "endpoints").SelectMany(static endpoint => List(endpoint, "addresses", static item => item.ToString())), "<unset>")), AgeColumn,
        ],
        "Node" =>
        [
            Name, Plain("Status", static json => IsTrue(json, "Ready") ? "Ready" : "NotReady"), Plain("Roles", static _ => None), AgeColumn,
            Plain("Version", static json => Text(json, "status", "nodeInfo", "kubeletVersion")),
            Wide("Internal-IP", static json => Or(List(json, "status", "addresses").FirstOrDefault(static address => address["type"]?.ToString() == "InternalIP")?["address"]?.ToString() ?? "")),
        ],
        "Namespace" => [Name, Plain("Status", static json => Text(json, "status", "phase")), AgeColumn],
        "StatefulSet" =>
        [
            Name, Plain("Ready", static json => $"{Number(json, "status", "readyReplicas")}/{Number(json, "spec", "replicas")}"), AgeColumn,
            Wide("Containers", static json => Joined(List((JsonObject)json["spec"]!["template"]!, "spec", "containers").Select(static container => Text(container, "name")), None)),
            Wide("Images", static json => Joined(List((JsonObject)json["spec"]!["template"]!, "spec", "containers").Select(static container => Text(container, "image")), None)),
        ],
        "ConfigMap" => [Name, Plain("Data", static json => (json["data"] as JsonObject)?.Count ?? 0), AgeColumn],
        _ => [Name, AgeColumn],
    };

    private static Column Plain(string name, Func<JsonObject, JsonNode> cell) => new(name, false, (json, _) => cell(json));

    private static Column Wide(string name, Func<JsonObject, JsonNode> cell) => new(name, true, (json, _) => cell(json));

    private static JsonNode ReadyContainers(JsonObject pod)
    {
        var count = List(pod, "spec", "containers").Count();
        return $"{(IsTrue(pod, "Ready") ? count : 0)}/{count}";
    }

    private static JsonNode PodStatus(JsonObject pod)
    {
        if (pod["metadata"]?["deletionTimestamp"] is not null)
            return "Terminating";
        return Text(pod, "status", "phase") is { Length: > 0 } phase ? phase : "Pending";
    }

    private static JsonNode Addresses(JsonObject endpoints) => Joined(
        List(endpoints, "subsets").SelectMany(static subset => List(subset, "ports").DefaultIfEmpty().SelectMany(port =>
            List(subset, "addresses").Select(address => port is null ? $"{address["ip"]}" : $"{address["ip"]}:{port["port"]}"))),
        None);

    // Three and a count of the rest.
    private static string Joined(IEnumerable<string> items, string none)
    {
        var all = items.ToArray();
        if (all.Length == 0)
            return none;
        return all.Length <= 3 ? string.Join(',', all) : $"{string.Join(',', all[..3])} + {all.Length - 3} more...";
    }

    private static bool IsTrue(JsonObject json, string condition) =>
        List(json, "status", "conditions").Any(item => item["type"]?.ToString() == condition && item["status"]?.ToString() == "True");

    private static string Labels(JsonObject? labels) => string.Join(',', (labels ?? []).Select(static label => $"{label.Key}={label.Value}"));

    private static string Or(string text) => text.Length > 0 ? text : None;

    private static string Number(JsonObject json, params ReadOnlySpan<string> path) => Text(json, path) is { Length: > 0 } text ? text : "0";

    private static string Text(JsonObject json, params ReadOnlySpan<string> path) => Node(json, path)?.ToString() ?? "";

    private static IEnumerable<JsonObject> List(JsonObject json, params ReadOnlySpan<string> path) => (Node(json, path) as JsonArray ?? []).OfType<JsonObject>();

    private static IEnumerable<T> List<T>(JsonObject json, string field, Func<JsonNode, T> read) => (json[field] as JsonArray ?? []).Select(item => read(item!));

    private static JsonNode? Node(JsonObject json, ReadOnlySpan<string> path)
    {
        JsonNode? node = json;
        foreach (var part in path)
            node = (node as JsonObject)?[part];
        return node;
    }
}
