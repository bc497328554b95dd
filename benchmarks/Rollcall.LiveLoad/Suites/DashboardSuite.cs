using System.Diagnostics;
using Rollcall.Load;

namespace Rollcall.LiveLoad.Suites;

/// <summary>What many open pages cost a node: each does what the page of a service does, over connections of its own.</summary>
internal static class DashboardSuite
{
    private static readonly TimeSpan BetweenChanges = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(Cluster cluster, NodeServer node, LiveOptions options, Report report, CancellationToken cancellationToken)
    {
        using (var client = new LiveClient(node.Url))
        {
            cluster.Scale(cluster.Size);
            await client.UntilAsync(states => states.Count == cluster.Size, cancellationToken);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pages = Enumerable.Range(0, options.Dashboards).Select(static number => new OpenPage(number)).ToArray();
        var open = pages.Select(page => page.RunAsync(node.Url, stop.Token)).ToArray();
        try
        {
            await ChangeAsync(cluster, WarmUp, cancellationToken);
            var (processor, bytes, events) = (node.ProcessorTime(), pages.Sum(static page => page.Bytes), pages.Sum(static page => page.Events));
            var began = Stopwatch.GetTimestamp();
            var resident = await ChangeAsync(cluster, options.Duration, cancellationToken, node);
            var elapsed = Stopwatch.GetElapsedTime(began);
            var cores = (node.ProcessorTime() - processor) / elapsed;
            var told = pages.Sum(static page => page.Events) - events;
            var each = told / (double)(options.Dashboards * elapsed.TotalSeconds);
            var what = Figures.Say($"{options.Dashboards} dashboards, {cluster.Size:N0} emulators, one change a second");
            report.Add($"{what}: processor", Figures.Say($"{cores:0.00} cores"), "", "", "< 1 core", cores < 1);
            report.Add("… resident", Figures.Say($"{resident / 1024d / 1024:0} MB"), "", "", "< 150 MB", resident < 150L << 20);
            report.Add("… events that each is told a second (two streams)", Figures.Say($"{each:0.0}"), "", "", "≥ 1.9", each >= 1.9);
            report.Note(Figures.Say($"With {cluster.Size:N0} emulators the {options.Dashboards} pages were sent {(pages.Sum(static page => page.Bytes) - bytes) / elapsed.TotalSeconds / 1e6:0.0} MB a second in all."));
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(open);
        }
    }

    // The most memory that was seen meanwhile.
    private static async Task<long> ChangeAsync(Cluster cluster, TimeSpan duration, CancellationToken cancellationToken, NodeServer? node = null)
    {
        var (began, resident) = (Stopwatch.GetTimestamp(), 0L);
        for (var i = 0; Stopwatch.GetElapsedTime(began) < duration; i++)
        {
            cluster.SetReady(i / 2 % cluster.Size, isReady: i % 2 == 1);
            await Task.Delay(BetweenChanges, TimeProvider.System, cancellationToken);
            resident = Math.Max(resident, node?.ResidentBytes() ?? 0);
        }

        return resident;
    }
}
