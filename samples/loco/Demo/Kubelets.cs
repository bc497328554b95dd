using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Demo;
using Rollcall.TestKube.Objects;

namespace Loco.Demo;

/// <summary>
/// What kubelets do: a process for each pod that has an address, its /health asked until it is well, which makes the pod ready; a pod that ends gets its process a SIGTERM, and is gone
/// when that has ended.
/// </summary>
internal sealed class Kubelets : IAsyncDisposable
{
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromMilliseconds(50);

    private readonly Processes _processes;
    private readonly LocoCluster _cluster;
    private readonly TimeProvider _time;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly ConcurrentDictionary<string, Task> _pods = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public Kubelets(Processes processes, LocoCluster cluster, TimeProvider time)
    {
        (_processes, _cluster, _time) = (processes, cluster, time);
        _loop = RunAsync();
    }

    /// <summary>Throws what went wrong with any pod.</summary>
    public void ThrowIfBroken()
    {
        foreach (var task in _pods.Values.Append(_loop).Where(static task => task.IsFaulted))
            task.GetAwaiter().GetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_pods.Values.Append(_loop)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        while (!_stop.IsCancellationRequested)
        {
            var changed = _cluster.Server.Store.Changed;
            foreach (var pod in _cluster.Server.Store.All(ApiResource.Pods, LocoCluster.Namespace))
            {
                var json = pod.ToJson();
                if (json["status"]?["podIP"]?.GetValue<string>() is { } address)
                    _ = _pods.GetOrAdd(json["metadata"]!["uid"]!.GetValue<string>(), _ => RunAsync(pod.Name, address));
            }

            await changed.WaitAsync(_stop.Token);
        }
    }

    // From its first moment to its last.
    private async Task RunAsync(string pod, string address)
    {
        await Task.Yield();
        var emulator = _processes.Start(pod, "Loco.Emulator", "Loco.Emulator", ["--address", address, "--boot", "1s", "--name", pod], new Dictionary<string, string>(StringComparer.Ordinal));
        var isReady = false;
        while (!IsEnding(pod))
        {
            if (emulator.Ended.IsCompleted)
                throw new DemoException($"{pod} ended without having been told to; what it wrote is in {emulator.Log}.");
            var isWell = await IsWellAsync(address);
            if (isWell != isReady && !IsEnding(pod))
                _cluster.Server.SetReady(LocoCluster.Namespace, pod, isReady = isWell);
            await Task.Delay(ProbeEvery, _time, _stop.Token);
        }

        emulator.Signal(Signals.Terminate);
        await emulator.Ended.WaitAsync(_stop.Token);
        emulator.Close();
        _cluster.Server.Store.TryDelete(ApiResource.Pods, LocoCluster.Namespace, pod);
    }

    private bool IsEnding(string pod) =>
        _cluster.Server.Store.Find(ApiResource.Pods, LocoCluster.Namespace, pod)?.ToJson()["metadata"]!["deletionTimestamp"] is JsonValue;

    private async Task<bool> IsWellAsync(string address)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri($"http://{address}:{LocoCluster.HealthPort}/health"), _stop.Token);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false; // it does not listen yet
        }
        catch (TaskCanceledException) when (!_stop.IsCancellationRequested)
        {
            return false;
        }
    }
}
