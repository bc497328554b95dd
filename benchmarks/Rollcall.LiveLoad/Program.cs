using Rollcall.LiveLoad;
using Rollcall.LiveLoad.Suites;
using Rollcall.Load;

// Rollcall.LiveLoad ROLLCALL DATA OUTPUT [--quick] [suite …]: runs the suites (all by default) and writes a Markdown table to OUTPUT.
if (args.Length < 3)
{
    await Console.Error.WriteLineAsync("usage: Rollcall.LiveLoad ROLLCALL DATA OUTPUT [--quick] [latency|browser|dashboards …]");
    return 2;
}

var options = args.Contains("--quick", StringComparer.Ordinal) ? LiveOptions.Quick : LiveOptions.Full;
string[] suites = [.. args[3..].Where(static argument => !argument.StartsWith('-'))];
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.Cancel();
};

var report = new Report(Console.Out, "");
(string Name, Func<Cluster, NodeServer, LiveOptions, Report, CancellationToken, Task> Run)[] all =
[
    ("latency", LatencySuite.RunAsync),
    ("browser", BrowserSuite.RunAsync),
    ("dashboards", DashboardSuite.RunAsync),
];
foreach (var (name, run) in all.Where(suite => suites.Length == 0 || suites.Contains(suite.Name, StringComparer.Ordinal)))
{
    foreach (var size in options.Sizes)
    {
        // Each begins with a node and a cluster that are new.
        await using var cluster = await Cluster.StartAsync(size, stop.Token);
        await using var node = new NodeServer(args[0], Path.Combine(args[1], $"{name}-{size}"), cluster);
        await node.StartAsync(stop.Token);
        await run(cluster, node, options, report, stop.Token);
    }
}

await File.WriteAllTextAsync(args[2], report.ToMarkdown(), stop.Token);
return report.AllMet ? 0 : 1;
