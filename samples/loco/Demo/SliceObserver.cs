using System.Text.Json.Nodes;
using Rollcall.TestKube.Objects;

namespace Loco.Demo;

/// <summary>What the API server holds, at the moment it is written: what everything else is measured against.</summary>
internal sealed class SliceObserver : IAsyncDisposable
{
    private readonly LocoCluster _cluster;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public SliceObserver(LocoCluster cluster, TimeProvider time)
    {
        (_cluster, _time) = (cluster, time);
        _loop = RunAsync();
    }

    public PodChanges Changes { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        while (true)
        {
            var changed = _cluster.Server.Store.Changed;
            var at = _time.GetTimestamp();
            Changes.Take(Pods(), at);
            await changed.WaitAsync(_stop.Token);
        }
    }

    private Dictionary<string, PodPhase> Pods()
    {
        var pods = new Dictionary<string, PodPhase>(StringComparer.Ordinal);
        foreach (var slice in _cluster.Server.Store.All(ApiResource.EndpointSlices, LocoCluster.Namespace))
        {
            foreach (var endpoint in (slice.ToJson()["endpoints"] as JsonArray ?? []).OfType<JsonObject>())
                pods[endpoint["targetRef"]!["name"]!.GetValue<string>()] = PhaseOf(endpoint["conditions"]!.AsObject());
        }

        return pods;
    }

    private static PodPhase PhaseOf(JsonObject conditions) =>
        Is(conditions, "terminating") ? PodPhase.Ending : Is(conditions, "ready") ? PodPhase.Ready : PodPhase.Booting;

    private static bool Is(JsonObject conditions, string name) => conditions[name]?.GetValue<bool>() == true;
}
