using System.Text.Json.Nodes;

namespace Rollcall.TestKube.Controllers;

/// <summary>A service's ports as one pod has them. Pods that have them under the same numbers share slices and subsets.</summary>
internal static class ServicePorts
{
    public static JsonArray Resolve(JsonObject service, PodView pod, bool forSlice)
    {
        var ports = new JsonArray();
        foreach (var port in (service["spec"]?["ports"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (pod.Resolve(port["targetPort"] ?? port["port"]) is not { } number)
                continue;
            var json = new JsonObject();
            // A slice says the name even when it is empty.
            if (port["name"]?.GetValue<string>() is { } name)
                json["name"] = name;
            else if (forSlice)
                json["name"] = "";
            if (port["appProtocol"]?.GetValue<string>() is { } application)
                json["appProtocol"] = application;
            json["port"] = number;
            json["protocol"] = port["protocol"]?.GetValue<string>() ?? "TCP";
            ports.Add(json);
        }

        return ports;
    }
}
