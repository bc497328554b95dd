using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Rollcall.TestKube.Storage;

namespace Rollcall.TestKube.Controllers;

/// <summary>What to do next about a stateful set: pods in order of their ordinals, one at a time unless the policy is parallel; the latest first when it shrinks or changes. Pure.</summary>
internal sealed class StatefulSetPlan
{
    public const string RevisionLabel = "controller-revision-hash";

    private readonly StoredObject _set;
    private readonly SortedDictionary<int, PodView> _pods = [];
    private readonly int _replicas;
    private readonly bool _isParallel;

    public StatefulSetPlan(StoredObject set, IEnumerable<PodView> pods)
    {
        _set = set;
        foreach (var pod in pods)
        {
            if (OrdinalOf(pod.Name) is { } ordinal)
                _pods[ordinal] = pod;
        }

        _replicas = Spec["replicas"]?.GetValue<int>() ?? 1;
        _isParallel = Spec["podManagementPolicy"]?.GetValue<string>() == "Parallel";
        Revision = $"{set.Name}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Spec["template"]?.ToJsonString() ?? "")))[..10]}";
    }

    /// <summary>Of the template as it is now.</summary>
    public string Revision { get; }

    /// <summary>Pods to create and pods to end, now; more follows when these are done.</summary>
    public (List<JsonObject> Create, List<PodView> Delete) Next()
    {
        var create = new List<JsonObject>();
        for (var ordinal = 0; ordinal < _replicas; ordinal++)
        {
            var pod = _pods.GetValueOrDefault(ordinal);
            if (pod is null)
                create.Add(Pod(ordinal));
            if (!_isParallel && pod is not { IsReady: true, IsTerminating: false })
                return (create, Surplus());
        }

        var surplus = Surplus();
        return create.Count > 0 || surplus.Count > 0 || _pods.Values.Any(static pod => pod.IsTerminating) ? (create, surplus) : (create, Outdated());
    }

    public JsonObject Status()
    {
        var wanted = _pods.Where(pod => pod.Key < _replicas).Select(static pod => pod.Value).ToArray();
        var ready = _pods.Values.Count(static pod => pod is { IsReady: true, IsTerminating: false });
        var updated = wanted.Count(IsUpdated);
        var before = _set.Body["status"]?["currentRevision"]?.GetValue<string>() ?? Revision;
        return new()
        {
            ["observedGeneration"] = _set.Metadata["generation"]?.DeepClone(),
            ["replicas"] = _pods.Count,
            ["readyReplicas"] = ready,
            ["availableReplicas"] = ready,
            ["currentReplicas"] = before == Revision ? updated : wanted.Length - updated,
            ["updatedReplicas"] = updated,
            ["currentRevision"] = updated == _replicas && ready >= _replicas ? Revision : before,
            ["updateRevision"] = Revision,
            ["collisionCount"] = 0,
        };
    }

    private JsonObject Spec => (JsonObject)_set.Body["spec"]!;

    private bool IsUpdated(PodView pod) => pod.Stored.Labels?[RevisionLabel]?.GetValue<string>() == Revision;

    private List<PodView> Surplus()
    {
        var surplus = _pods.Where(pod => pod.Key >= _replicas).Reverse().Select(static pod => pod.Value).ToList();
        if (_isParallel)
            return surplus.FindAll(static pod => !pod.IsTerminating);
        return surplus is [{ IsTerminating: false } last, ..] ? [last] : [];
    }

    // A rolling update goes on only while everybody is ready.
    private List<PodView> Outdated()
    {
        if (Spec["updateStrategy"]?["type"]?.GetValue<string>() == "OnDelete")
            return [];
        var partition = Spec["updateStrategy"]?["rollingUpdate"]?["partition"]?.GetValue<int>() ?? 0;
        var outdated = _pods.Where(pod => pod.Key >= partition && !IsUpdated(pod.Value)).Reverse().Select(static pod => pod.Value).FirstOrDefault();
        return outdated is not null && _pods.Values.All(pod => pod.IsReady || pod == outdated) ? [outdated] : [];
    }

    private int? OrdinalOf(string pod) =>
        pod.StartsWith($"{_set.Name}-", StringComparison.Ordinal) && int.TryParse(pod.AsSpan(_set.Name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
            ? ordinal
            : null;

    private JsonObject Pod(int ordinal)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{_set.Name}-{ordinal}");
        var template = (JsonObject)Spec["template"]!.DeepClone();
        var metadata = template["metadata"]?.DeepClone().AsObject() ?? [];
        var labels = (JsonObject)(metadata["labels"] ??= new JsonObject());
        labels[RevisionLabel] = Revision;
        labels["statefulset.kubernetes.io/pod-name"] = name;
        labels["apps.kubernetes.io/pod-index"] = ordinal.ToString(CultureInfo.InvariantCulture);
        metadata["name"] = name;
        metadata["generateName"] = $"{_set.Name}-";
        metadata["namespace"] = _set.Namespace;
        metadata["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "StatefulSet",
            ["name"] = _set.Name,
            ["uid"] = _set.Metadata["uid"]!.DeepClone(),
            ["controller"] = true,
            ["blockOwnerDeletion"] = true,
        });
        var spec = template["spec"]?.DeepClone().AsObject() ?? [];
        spec["hostname"] = name;
        spec["subdomain"] = Spec["serviceName"]?.DeepClone();
        return new() { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = metadata, ["spec"] = spec, ["status"] = new JsonObject { ["phase"] = "Pending" } };
    }
}
