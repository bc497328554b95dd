using System.Diagnostics;
using System.Globalization;
using Rollcall.Load;
using Rollcall.TestKit.Gossip;

namespace Rollcall.GossipLoad.Suites;

/// <summary>The simulator's largest cluster, in this process.</summary>
internal static class SimulatorSuite
{
    private const int ClusterSize = 30;
    private const int Crashes = 2_000;
    private static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(5);

    public static void Run(GossipLoadOptions options, Report report)
    {
        var began = Stopwatch.GetTimestamp();
        var result = LargeRun.Run(options.SimulatedNodes, options.SimulatedTime);
        var took = Stopwatch.GetElapsedTime(began);
        report.Add(Figures.Say($"simulator: {options.SimulatedNodes:N0} nodes for {options.SimulatedTime.TotalMinutes:0} virtual minutes"), Figures.Say($"{took.TotalSeconds:0} s"), "", "", Figures.Say($"≤ {MaxTime.TotalSeconds:0} s"), took <= MaxTime);
        report.Add("… members of whom something was not known to all in the end", result.Difference.Length == 0 ? "none" : result.Difference, "", "", "none", result.Difference.Length == 0);
        Detect(report);
        report.Note(Figures.Say($"The simulator ran {result.Events / 1e6:0.0} million events, {result.Events / took.TotalSeconds / 1e6:0.00} million a second; {PeakBytes() / 1e6:0} MB were resident at most. Its slowest crash was known to all after {result.SlowestCrashKnown.TotalSeconds:0.0} virtual seconds; a node sent {result.PacketsPerNodeAndSecond:0.0} packets a second."));
    }

    private static void Detect(Report report)
    {
        var (ours, theirs, both) = DetectionRun.Compare(ClusterSize, Crashes);
        report.Note(Figures.Say($"Simulated in good weather, {Crashes:N0} crashes in clusters of {ClusterSize} nodes, from each crash until all knew: {ours}; by memberlist's own rules {theirs}; half of the nodes by each {both}."));
    }

    private static long PeakBytes() =>
        long.Parse(File.ReadLines("/proc/self/status").First(static line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
}
