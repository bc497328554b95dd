using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Demo;

namespace Loco.Demo;

/// <summary>The plot: scales the emulators up and down, and says how long after each change of the API server the node showed it.</summary>
internal sealed class Play(Stage stage, TextWriter output, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(2);

    private readonly List<double> _latencies = [];
    private int _missed;

    /// <summary>False when the node missed a change.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        await UntilAsync("the first emulator to be shown as ready", () => AllAre(1), cancellationToken);
        Write($"a node finds by {stage.Node.Mode}: {stage.Node.Names[0]} is ready on {stage.Cluster.Pods}");
        await StepAsync(1, 3, cancellationToken);
        await ShowPictureAsync("instance-2", cancellationToken);
        await StepAsync(3, 9, cancellationToken);
        await StepAsync(9, 1, cancellationToken);
        _latencies.Sort();
        Write($"\nSummary: {_latencies.Count} changes, {_missed} missed; from the API server to /api/instances/live {Median(_latencies):0.0} ms in the middle, {_latencies.LastOrDefault():0.0} ms at the most");
        return _missed == 0 && _latencies.Count > 0;
    }

    private async Task StepAsync(int from, int to, CancellationToken cancellationToken)
    {
        var (truthBefore, shownBefore, start) = (stage.Truth.Changes.Count, stage.Node.Changes.Count, time.GetTimestamp());
        await stage.Cluster.ScaleAsync(to, cancellationToken);
        await UntilAsync($"{to} emulators to be shown as ready, and nobody else", () => AllAre(to), cancellationToken);
        var took = time.GetElapsedTime(start);
        Write($"\nscale {from} → {to}: as it should be after {took.TotalSeconds:0.00} s, processes and their boot included");
        var shown = stage.Node.Changes.After(shownBefore);
        foreach (var phase in Enum.GetValues<PodPhase>())
        {
            var latencies = new List<double>();
            var missed = 0;
            foreach (var change in stage.Truth.Changes.After(truthBefore).Where(change => change.Phase == phase))
            {
                if (shown.FirstOrDefault(seen => seen.Pod == change.Pod && seen.Phase == phase) is { Pod: not null } seen)
                    latencies.Add(Math.Max(0, time.GetElapsedTime(change.At, seen.At).TotalMilliseconds));
                else if (phase != PodPhase.Ending)
                    missed++; // a pod that ends may be gone before anybody asks
            }

            if (latencies.Count + missed == 0)
                continue;
            latencies.Sort();
            _latencies.AddRange(latencies);
            _missed += missed;
            Write($"  {latencies.Count + missed} {Word(phase),-16} shown {Median(latencies),5:0.0} ms later in the middle, {latencies.LastOrDefault(),5:0.0} ms at the most{(missed == 0 ? "" : $", {missed} MISSED")}");
        }
    }

    // A picture by the pool, as a card of the dashboard would have it.
    private async Task ShowPictureAsync(string id, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"{stage.ViewerUrl.Replace("http", "ws", StringComparison.Ordinal)}/vnc/{id}"), cancellationToken);
        var greeting = new byte[12];
        await socket.ReceiveAsync(greeting, cancellationToken);
        Write($"\n/vnc/{id} greets with {Encoding.ASCII.GetString(greeting).TrimEnd()} after {time.GetElapsedTime(start).TotalMilliseconds:0.0} ms");
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
    }

    private bool AllAre(int count) => IsSo(stage.Truth.Changes, count) && IsSo(stage.Node.Changes, count);

    private static bool IsSo(PodChanges changes, int count) => changes.Now.Count == count && changes.Now.Values.All(static phase => phase == PodPhase.Ready);

    private async Task UntilAsync(string what, Func<bool> holds, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (!holds())
        {
            stage.ThrowIfBroken();
            if (time.GetElapsedTime(start) > Limit)
                throw new DemoException($"Waited {Limit.TotalSeconds:0} s in vain for {what}. The API server has {Words(stage.Truth.Changes)}, the node shows {Words(stage.Node.Changes)}.");
            await Task.Delay(Look, time, cancellationToken);
        }
    }

    private static string Words(PodChanges changes) =>
        changes.Now.Count == 0 ? "none" : string.Join(", ", changes.Now.GroupBy(static pod => pod.Value).Select(static group => $"{group.Count()} {group.Key.ToString().ToLowerInvariant()}"));

    private static string Word(PodPhase phase) => phase switch
    {
        PodPhase.Booting => "new, booting",
        PodPhase.Ready => "ready",
        PodPhase.Ending => "told to end",
        _ => "gone",
    };

    private static double Median(List<double> sorted) => sorted.Count == 0 ? 0 : sorted[sorted.Count / 2];

    private void Write(FormattableString text)
    {
        output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
        output.Flush();
    }
}
