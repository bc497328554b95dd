using System.Globalization;
using System.Text.Json.Nodes;

namespace Rollcall.TestKube.Storage;

/// <summary>The metadata that the API server writes itself.</summary>
internal static class ObjectIdentity
{
    // Changes of these are no new generation; everything else of an object is what somebody wants of it.
    private static readonly string[] NotWanted = ["metadata", "status"];

    /// <summary>Sets uid, time of creation and generation; keeps what the object had of them.</summary>
    public static void Complete(JsonObject body, JsonObject? existing, DateTimeOffset now)
    {
        var metadata = (JsonObject)body["metadata"]!;
        var before = existing?["metadata"] as JsonObject;
        metadata["uid"] = before?["uid"]?.DeepClone() ?? metadata["uid"]?.DeepClone() ?? Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = before?["creationTimestamp"]?.DeepClone() ?? metadata["creationTimestamp"]?.DeepClone() ?? Timestamp(now);
        metadata.Remove("resourceVersion");
        if (body["spec"] is null)
            return;
        var generation = before?["generation"]?.GetValue<long>() ?? 0;
        metadata["generation"] = generation + (existing is null || !WantsTheSame(body, existing) ? 1 : 0);
    }

    /// <summary>True when nothing but the revision differs.</summary>
    public static bool IsSame(JsonObject body, JsonObject existing)
    {
        var copy = (JsonObject)existing.DeepClone();
        ((JsonObject)copy["metadata"]!).Remove("resourceVersion");
        return JsonNode.DeepEquals(body, copy);
    }

    /// <summary>A time as the API writes it: whole seconds, UTC.</summary>
    public static string Timestamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static bool WantsTheSame(JsonObject body, JsonObject existing) =>
        body.Select(static field => field.Key).Union(existing.Select(static field => field.Key), StringComparer.Ordinal)
            .Where(static field => !NotWanted.Contains(field, StringComparer.Ordinal))
            .All(field => JsonNode.DeepEquals(body[field], existing[field]));
}
