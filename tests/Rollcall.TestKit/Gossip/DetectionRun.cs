using System.Globalization;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;

namespace Rollcall.TestKit.Gossip;

/// <summary>
/// How soon crashes are known in good weather, measured as the benchmark does with processes: clusters that have formed, in which one node after the other is killed and, when all know, started again.
/// </summary>
internal sealed class DetectionRun : IClusterObserver
{
    private const int KillsOfCluster = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly SimulatedCluster _cluster;
    private readonly HashSet<int> _unknowing = [];
    private NodeAddress _victim;

    private DetectionRun(int size, int seed, Func<int, ProtocolSettings> settingsOf)
    {
        _cluster = new(seed, ProtocolSettings.Lan) { Observer = this, SettingsOf = node => settingsOf(node.Index) };
        for (var i = 0; i < size; i++)
            _cluster.Start(_cluster.Add(), joins: i > 0);
    }

    /// <summary>So many crashes among so many nodes, each of which may run by settings of its own; how long until all knew, the fastest first. One seed makes one run.</summary>
    public static Detections Run(int size, int kills, int seed, Func<int, ProtocolSettings> settingsOf)
    {
        List<TimeSpan> detections = [];
        while (detections.Count < kills)
        {
            var run = new DetectionRun(size, seed++, settingsOf);
            run.UntilAllSeeAll();
            run.Pass(TimeSpan.FromSeconds(15));
            for (var i = 0; i < KillsOfCluster && detections.Count < kills; i++)
                detections.Add(run.Kill());
        }

        detections.Sort();
        return new(detections);
    }

    /// <summary>With what a LAN has by default: nodes of this product, nodes that do what memberlist does, and half of each.</summary>
    public static (Detections Ours, Detections Theirs, Detections Both) Compare(int size, int kills)
    {
        var ours = ProtocolSettings.Lan;
        var theirs = ours.AsMemberlist();
        return (Run(size, kills, 1, _ => ours), Run(size, kills, 1, _ => theirs), Run(size, kills, 1, node => node % 2 == 0 ? ours : theirs));
    }

    public void Did(string what)
    {
    }

    public void Exchanged(SimulatedNode from, SimulatedNode to)
    {
    }

    public void Started(SimulatedNode node)
    {
    }

    public void Sent(SimulatedNode from, in OutgoingPacket packet, Effects effects)
    {
    }

    public void Happened(SimulatedNode node, in ProtocolEvent happened)
    {
        if (happened.Kind == EventKind.Failed && happened.Record?.Address == _victim)
            _unknowing.Remove(node.Index);
    }

    private TimeSpan Kill()
    {
        var victim = _cluster.Nodes[1 + _cluster.Random.Next(_cluster.Nodes.Count - 1)];
        _victim = victim.Address;
        _unknowing.UnionWith(_cluster.Nodes.Where(node => node != victim).Select(static node => node.Index));
        var killed = _cluster.Now;
        _cluster.Crash(victim);
        Until(() => _unknowing.Count == 0, "all to know of a crash");
        var detection = _cluster.Now - killed;
        _cluster.Start(victim);
        UntilAllSeeAll();
        Pass(TimeSpan.FromSeconds(0.5 + _cluster.Random.NextDouble()));
        return detection;
    }

    private void UntilAllSeeAll() => Until(() => _cluster.Nodes.All(node => node.Core.LiveCount == _cluster.Nodes.Count), "all to see all");

    private void Pass(TimeSpan time) => _cluster.RunUntil(_cluster.Now + time);

    private void Until(Func<bool> isSo, string what)
    {
        var end = _cluster.Now + Patience;
        while (!isSo())
        {
            if (_cluster.Now >= end)
                throw new TimeoutException($"Seed {_cluster.Seed}: waited {Patience.TotalSeconds:0} virtual seconds for {what}.");
            Pass(TimeSpan.FromMilliseconds(5));
        }
    }
}

/// <summary>How long it took until all knew, for each of many crashes, the fastest first.</summary>
internal sealed record Detections(IReadOnlyList<TimeSpan> Sorted)
{
    public TimeSpan Mean => Sorted.Aggregate(TimeSpan.Zero, static (sum, one) => sum + one) / Sorted.Count;

    public TimeSpan Max => Sorted[^1];

    public TimeSpan Quantile(double part) => Sorted[(int)(part * (Sorted.Count - 1))];

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"mean {Mean.TotalSeconds:0.00}, median {Quantile(0.5).TotalSeconds:0.00}, p95 {Quantile(0.95).TotalSeconds:0.00}, p99 {Quantile(0.99).TotalSeconds:0.00}, max {Max.TotalSeconds:0.00} s");
}
