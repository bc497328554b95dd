using Rollcall.GossipLoad;
using Rollcall.GossipLoad.Suites;
using Rollcall.Load;

// Rollcall.GossipLoad ROLLCALL SERF DATA OUTPUT [--quick] [suite …]: runs the suites (all by default) and writes a Markdown table to OUTPUT.
if (args.Length < 4)
{
    await Console.Error.WriteLineAsync("usage: Rollcall.GossipLoad ROLLCALL SERF DATA OUTPUT [--quick] [cluster|simulator …]");
    return 2;
}

var options = args.Contains("--quick", StringComparer.Ordinal) ? GossipLoadOptions.Quick : GossipLoadOptions.Full;
string[] suites = [.. args[4..].Where(static argument => !argument.StartsWith('-'))];
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.Cancel();
};

var report = new Report(Console.Out, "serf");
// The simulator first: the clusters' lines are nothing beside its memory.
if (Wanted("simulator"))
    SimulatorSuite.Run(options, report);
if (Wanted("cluster"))
    await ClusterSuite.RunAsync(args[0], args[1], args[2], options, report, stop.Token);

await File.WriteAllTextAsync(args[3], report.ToMarkdown(), stop.Token);
return report.AllMet ? 0 : 1;

bool Wanted(string suite) => suites.Length == 0 || suites.Contains(suite, StringComparer.Ordinal);
