using System.Diagnostics;
using Rollcall.Load;

namespace Rollcall.LiveLoad.Suites;

/// <summary>From a change in the API server until the node shows it; how long an answer takes; and whether anything is missed when a cluster is scaled quickly.</summary>
internal static class LatencySuite
{
    private static readonly TimeSpan Held = TimeSpan.FromMilliseconds(250);

    public static async Task RunAsync(Cluster cluster, NodeServer node, LiveOptions options, Report report, CancellationToken cancellationToken)
    {
        using var client = new LiveClient(node.Url);
        cluster.Scale(cluster.Size);
        await client.UntilAsync(states => states.Count == cluster.Size, cancellationToken);
        await ChangesAsync(cluster, client, options, report, cancellationToken);
        await AnswersAsync(node, cluster.Size, options, report, cancellationToken);
        if (cluster.Size == options.Sizes[0])
            await ScalingAsync(cluster, client, options, report, cancellationToken);
    }

    private static async Task ChangesAsync(Cluster cluster, LiveClient client, LiveOptions options, Report report, CancellationToken cancellationToken)
    {
        var random = new Random(1);
        var took = new List<double>();
        var warmUp = options.Changes / 5;
        for (var i = 0; i < warmUp + options.Changes; i++)
        {
            var ordinal = random.Next(cluster.Size);
            var id = Cluster.IdOf(ordinal);
            foreach (var isReady in (bool[])[false, true])
            {
                var wrote = Stopwatch.GetTimestamp();
                cluster.SetReady(ordinal, isReady);
                var shown = await client.UntilAsync(states => states[id] == isReady, cancellationToken);
                if (i >= warmUp)
                    took.Add(Stopwatch.GetElapsedTime(wrote, shown.At).TotalMilliseconds);
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(5, 30)), TimeProvider.System, cancellationToken);
            }
        }

        var p99 = Statistics.Percentile(took, 99);
        report.Add(Figures.Say($"{cluster.Size:N0} emulators: a change in the API server until `/api/instances/live` has it, p99"), Figures.Milliseconds(p99), "", "", "< 50 ms", p99 < 50);
        report.Add("… median", Figures.Milliseconds(Statistics.Median(took)), "", "", "none", met: true);
    }

    private static async Task AnswersAsync(NodeServer node, int size, LiveOptions options, Report report, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = node.Url };
        var took = new List<double>();
        for (var i = 0; i < options.Changes * 5; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await http.GetByteArrayAsync("/api/instances/live", cancellationToken);
            took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        var p99 = Statistics.Percentile(took.Skip(options.Changes), 99);
        report.Add(Figures.Say($"{size:N0} emulators: an answer of `/api/instances/live`, p99"), Figures.Milliseconds(p99), "", "", "< 5 ms", p99 < 5);
    }

    // Up one by one as fast as the API server takes it, held, and down again. What is held must have been shown, whole and right.
    private static async Task ScalingAsync(Cluster cluster, LiveClient client, LiveOptions options, Report report, CancellationToken cancellationToken)
    {
        cluster.Scale(1);
        await client.UntilAsync(static states => states.Count == 1, cancellationToken);
        var missed = 0;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var seen = new List<Shown>();
        var watching = WatchAsync(client, seen, stop.Token);
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var wanted in (int[])[cluster.Size, 1])
            {
                for (var count = wanted == 1 ? cluster.Size - 1 : 2; wanted == 1 ? count >= 1 : count <= wanted; count += wanted == 1 ? -1 : 1)
                    cluster.Scale(count);
                await Task.Delay(Held, TimeProvider.System, cancellationToken);
                lock (seen)
                {
                    var last = seen.Count > 0 ? seen[^1].States : new Dictionary<string, bool>(StringComparer.Ordinal);
                    if (last.Count != wanted || !Enumerable.Range(0, wanted).All(ordinal => last.GetValueOrDefault(Cluster.IdOf(ordinal))))
                        missed++;
                }
            }
        }

        await stop.CancelAsync();
        await watching;
        cluster.Scale(cluster.Size);
        report.Add(
            Figures.Say($"scaled 1 → {cluster.Size} → 1 at once, {options.Rounds} times: states held for {Held.TotalMilliseconds:0} ms that were not shown"), Figures.Say($"{missed} of {options.Rounds * 2}"), "", "", "0", missed == 0);
    }

    private static async Task WatchAsync(LiveClient client, List<Shown> seen, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (await client.AskAsync(cancellationToken) is { } shown)
                {
                    lock (seen)
                        seen.Add(shown);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Enough has been seen.
        }
    }
}
