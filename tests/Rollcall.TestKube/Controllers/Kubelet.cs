using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Rollcall.TestKube.Objects;
using Rollcall.TestKube.Storage;

namespace Rollcall.TestKube.Controllers;

/// <summary>Stands in for scheduler and kubelets: gives new pods a node and an address, makes them ready after a while, and ends those told to end.</summary>
internal sealed class Kubelet(ObjectStore store, ClusterOptions options, TimeProvider time)
{
    private readonly Dictionary<string, long> _started = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _stopping = new(StringComparer.Ordinal);
    private long _lastAddress;
    private int _lastNode;

    /// <summary>Does what is due for one pod, and says at which timestamp there is more to do for it; null for never.</summary>
    public long? Step(PodView pod)
    {
        if (pod.IsTerminating)
            return After(_stopping, pod, StopTime(pod), () => store.TryDelete(ApiResource.Pods, pod.Stored.Namespace, pod.Name));
        if (pod.Phase == "Pending")
            Start(pod);
        else if (!_started.ContainsKey(pod.Uid))
            return null;
        return After(_started, pod, options.StartTime, () => Change(pod, static json => SetReady(json, isReady: true)));
    }

    /// <summary>Sets the condition by which a pod is in rotation.</summary>
    public static void SetReady(JsonObject pod, bool isReady)
    {
        var conditions = (JsonArray)((JsonObject)(pod["status"] ??= new JsonObject()))["conditions"]!;
        foreach (var condition in conditions.OfType<JsonObject>().Where(static condition => condition["type"]?.GetValue<string>() is "Ready" or "ContainersReady"))
            condition["status"] = isReady ? "True" : "False";
    }

    private long? After(Dictionary<string, long> since, PodView pod, TimeSpan wait, Action act)
    {
        var now = time.GetTimestamp();
        since.TryAdd(pod.Uid, now);
        var due = since[pod.Uid] + (long)(wait.TotalSeconds * time.TimestampFrequency);
        if (due > now)
            return due;
        since.Remove(pod.Uid);
        act();
        return null;
    }

    private TimeSpan StopTime(PodView pod)
    {
        var grace = TimeSpan.FromSeconds(pod.Stored.Metadata["deletionGracePeriodSeconds"]?.GetValue<int>() ?? 0);
        return grace < options.StopTime ? grace : options.StopTime;
    }

    private void Start(PodView pod)
    {
        var nodes = store.All(ApiResource.Nodes);
        var node = pod.Node ?? (nodes.Count == 0 ? "node-1" : nodes[_lastNode++ % nodes.Count].Name);
        var address = NextAddress();
        Change(pod, json =>
        {
            json["spec"]!["nodeName"] = node;
            json["status"] = new JsonObject
            {
                ["phase"] = "Running",
                ["conditions"] = new JsonArray(
                    Manifest.Condition("PodScheduled", true), Manifest.Condition("Initialized", true), Manifest.Condition("ContainersReady", false), Manifest.Condition("Ready", false)),
                ["hostIP"] = "192.168.0.1",
                ["podIP"] = address,
                ["podIPs"] = new JsonArray(new JsonObject { ["ip"] = address }),
                ["startTime"] = ObjectIdentity.Timestamp(time.GetUtcNow()),
            };
        });
        _started.TryAdd(pod.Uid, time.GetTimestamp());
    }

    private void Change(PodView pod, Action<JsonObject> change)
    {
        try
        {
            store.Change(ApiResource.Pods, pod.Stored.Namespace, pod.Name, change);
        }
        catch (ApiStatusException gone) when (gone.Reason == "NotFound")
        {
            // Deleted meanwhile.
        }
    }

    // In order, and those of pods that are gone once more after the last.
    private string NextAddress()
    {
        var taken = store.All(ApiResource.Pods).Select(static pod => new PodView(pod).AddressOf(AddressFamily.InterNetwork)).ToHashSet(StringComparer.Ordinal);
        var room = (1L << (32 - options.PodNetwork.PrefixLength)) - 2;
        for (var i = 0L; i < room; i++)
        {
            _lastAddress = _lastAddress % room + 1;
            var address = AddressAt(_lastAddress);
            if (!taken.Contains(address))
                return address;
        }

        throw new InvalidOperationException($"Every address of {options.PodNetwork} is taken. Choose a larger {nameof(ClusterOptions.PodNetwork)}.");
    }

    private string AddressAt(long offset)
    {
        var bytes = options.PodNetwork.BaseAddress.GetAddressBytes();
        for (var i = bytes.Length - 1; i >= 0 && offset > 0; i--, offset >>= 8)
            bytes[i] |= (byte)offset;
        return new IPAddress(bytes).ToString();
    }
}
