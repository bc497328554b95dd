using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Rollcall.TestKube.Storage;

namespace Rollcall.TestKube.Controllers;

/// <summary>What controllers read of a pod.</summary>
internal sealed class PodView(StoredObject stored)
{
    public StoredObject Stored { get; } = stored;

    public string Name => Stored.Name;

    public string Uid => Stored.Metadata["uid"]!.GetValue<string>();

    public string? Node => Spec?["nodeName"]?.GetValue<string>();

    public string? Hostname => Spec?["hostname"]?.GetValue<string>();

    public string? Subdomain => Spec?["subdomain"]?.GetValue<string>();

    public string Phase => Status?["phase"]?.GetValue<string>() ?? "Pending";

    public bool IsTerminating => Stored.Metadata["deletionTimestamp"] is not null;

    public bool IsReady => (Status?["conditions"] as JsonArray ?? []).Any(static condition =>
        condition!["type"]?.GetValue<string>() == "Ready" && condition["status"]?.GetValue<string>() == "True");

    public bool IsOver => Phase is "Succeeded" or "Failed";

    /// <summary>One address of the family; null while it has none.</summary>
    public string? AddressOf(AddressFamily family) =>
        (Status?["podIPs"] as JsonArray ?? []).Select(static ip => ip!["ip"]?.GetValue<string>())
            .Append(Status?["podIP"]?.GetValue<string>())
            .FirstOrDefault(ip => ip is not null && IPAddress.TryParse(ip, out var address) && address.AddressFamily == family);

    /// <summary>The number of a service's target port in this pod; null when it names a port the pod does not have.</summary>
    public int? Resolve(JsonNode? targetPort)
    {
        if (targetPort?.GetValueKind() == System.Text.Json.JsonValueKind.Number)
            return targetPort.GetValue<int>();
        var name = targetPort?.GetValue<string>();
        return (Spec?["containers"] as JsonArray ?? [])
            .SelectMany(static container => (container!["ports"] as JsonArray ?? []).OfType<JsonObject>())
            .FirstOrDefault(port => port["name"]?.GetValue<string>() == name)?["containerPort"]?.GetValue<int>();
    }

    public JsonObject Reference() => new() { ["kind"] = "Pod", ["namespace"] = Stored.Namespace, ["name"] = Name, ["uid"] = Uid };

    private JsonObject? Spec => Stored.Body["spec"] as JsonObject;

    private JsonObject? Status => Stored.Body["status"] as JsonObject;
}
