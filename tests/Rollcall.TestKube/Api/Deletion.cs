using System.Text.Json.Nodes;
using Rollcall.TestKube.Objects;
using Rollcall.TestKube.Storage;

namespace Rollcall.TestKube.Api;

/// <summary>How things end: a pod gets time to finish, a namespace takes what is in it along, an owner what it owns.</summary>
/// <param name="store">Of them all.</param>
/// <param name="time">For the time of deletion.</param>
/// <param name="hasKubelet">Somebody ends pods whose time is up; without, all end at once.</param>
internal sealed class Deletion(ObjectStore store, TimeProvider time, bool hasKubelet)
{
    private const int DefaultGraceSeconds = 30;

    private static readonly ApiResource[] Stored = [.. ApiResource.All.DistinctBy(static resource => resource.QualifiedName)];

    /// <summary>What was deleted, when it has yet to finish; null when it is gone.</summary>
    public StoredObject? Begin(StoredObject stored, int? graceSeconds)
    {
        var grace = graceSeconds ?? stored.Body["spec"]?["terminationGracePeriodSeconds"]?.GetValue<int>() ?? DefaultGraceSeconds;
        if (hasKubelet && stored.Resource.Kind == "Pod" && grace > 0)
            return Terminate(stored, grace);
        store.TryDelete(stored.Resource, stored.Namespace, stored.Name);
        if (stored.Resource.Kind == "Namespace")
        {
            foreach (var inside in Inside(stored.Name))
                store.TryDelete(inside.Resource, inside.Namespace, inside.Name);
        }
        else
        {
            foreach (var owned in Inside(stored.Namespace).Where(other => IsOwnedBy(other, stored)))
                Begin(owned, null);
        }

        return null;
    }

    private IEnumerable<StoredObject> Inside(string @namespace) =>
        Stored.Where(static resource => resource.IsNamespaced).SelectMany(resource => store.All(resource, @namespace)).ToArray();

    private StoredObject Terminate(StoredObject pod, int grace) => store.Change(pod.Resource, pod.Namespace, pod.Name, json =>
    {
        var metadata = (JsonObject)json["metadata"]!;
        if (metadata["deletionTimestamp"] is not null && metadata["deletionGracePeriodSeconds"]!.GetValue<int>() <= grace)
            return;
        metadata["deletionTimestamp"] = ObjectIdentity.Timestamp(time.GetUtcNow().AddSeconds(grace));
        metadata["deletionGracePeriodSeconds"] = grace;
    });

    private static bool IsOwnedBy(StoredObject stored, StoredObject owner) =>
        (stored.Metadata["ownerReferences"] as JsonArray ?? []).Any(reference => reference!["uid"]?.GetValue<string>() == owner.Metadata["uid"]!.GetValue<string>());
}
