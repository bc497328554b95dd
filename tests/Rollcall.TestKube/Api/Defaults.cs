using System.Globalization;
using System.Text.Json.Nodes;
using Rollcall.TestKube.Objects;
using Rollcall.TestKube.Storage;

namespace Rollcall.TestKube.Api;

/// <summary>What the API server fills in where a new object leaves it out, as far as discovery reads it.</summary>
internal static class Defaults
{
    /// <summary>A new object: its name, and the status it begins with.</summary>
    public static JsonObject Begin(JsonObject json, ApiResource resource, ObjectStore store)
    {
        var metadata = (JsonObject)json["metadata"]!;
        if (metadata["name"] is null && metadata["generateName"]?.GetValue<string>() is { } prefix)
            metadata["name"] = prefix + Convert.ToHexStringLower(Guid.NewGuid().ToByteArray())[..5];
        JsonObject? status = resource.Kind switch
        {
            "Service" => new() { ["loadBalancer"] = new JsonObject() },
            "StatefulSet" => new() { ["replicas"] = 0 },
            "Pod" => new() { ["phase"] = "Pending" },
            "Namespace" => new() { ["phase"] = "Active" },
            _ => null,
        };
        json.Remove("status");
        if (status is not null)
            json["status"] = status;
        return Complete(json, resource, store);
    }

    /// <summary>Any object that is written.</summary>
    public static JsonObject Complete(JsonObject json, ApiResource resource, ObjectStore store)
    {
        switch (resource.Kind)
        {
            case "Service":
                CompleteService((JsonObject)(json["spec"] ??= new JsonObject()), store);
                break;
            case "StatefulSet":
                CompleteStatefulSet((JsonObject)(json["spec"] ??= new JsonObject()));
                break;
            case "Namespace":
                json["spec"] ??= new JsonObject { ["finalizers"] = new JsonArray("kubernetes") };
                break;
        }

        return json;
    }

    private static void CompleteService(JsonObject spec, ObjectStore store)
    {
        spec["type"] ??= "ClusterIP";
        spec["sessionAffinity"] ??= "None";
        spec["ipFamilies"] ??= new JsonArray("IPv4");
        spec["ipFamilyPolicy"] ??= "SingleStack";
        spec["internalTrafficPolicy"] ??= "Cluster";
        if (spec["type"]!.GetValue<string>() != "ExternalName")
        {
            spec["clusterIP"] ??= string.Create(CultureInfo.InvariantCulture, $"10.96.{store.ResourceVersion / 250 % 250}.{store.ResourceVersion % 250 + 1}");
            spec["clusterIPs"] ??= new JsonArray(spec["clusterIP"]!.DeepClone());
        }

        foreach (var port in (spec["ports"] as JsonArray ?? []).OfType<JsonObject>())
        {
            port["protocol"] ??= "TCP";
            port["targetPort"] ??= port["port"]?.DeepClone();
        }
    }

    private static void CompleteStatefulSet(JsonObject spec)
    {
        spec["replicas"] ??= 1;
        spec["podManagementPolicy"] ??= "OrderedReady";
        spec["revisionHistoryLimit"] ??= 10;
        spec["updateStrategy"] ??= new JsonObject { ["type"] = "RollingUpdate", ["rollingUpdate"] = new JsonObject { ["partition"] = 0 } };
    }
}
