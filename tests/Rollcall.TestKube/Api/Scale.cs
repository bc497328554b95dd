using System.Text.Json.Nodes;
using Rollcall.TestKube.Objects;
using Rollcall.TestKube.Storage;

namespace Rollcall.TestKube.Api;

/// <summary>The subresource by which a stateful set is scaled.</summary>
internal static class Scale
{
    private static readonly string[] Shared = ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"];

    public static JsonObject Of(StoredObject set)
    {
        var metadata = new JsonObject();
        foreach (var field in Shared)
            metadata[field] = set.Metadata[field]?.DeepClone();
        var labels = set.Body["spec"]?["selector"]?["matchLabels"] as JsonObject ?? [];
        return new()
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["replicas"] = set.Body["spec"]?["replicas"]?.DeepClone() ?? 1 },
            ["status"] = new JsonObject
            {
                ["replicas"] = set.Body["status"]?["replicas"]?.DeepClone() ?? 0,
                ["selector"] = string.Join(',', labels.Select(static label => $"{label.Key}={label.Value}")),
            },
        };
    }

    /// <exception cref="ApiStatusException">It is negative.</exception>
    public static int ReplicasOf(JsonObject scale, string name)
    {
        var replicas = scale["spec"]?["replicas"]?.GetValue<int>() ?? 0;
        return replicas >= 0
            ? replicas
            : throw ApiStatusException.Invalid(ApiResource.StatefulSets, name, "spec.replicas", $"Invalid value: {replicas}: must be greater than or equal to 0");
    }
}
