using Rollcall.Load;

namespace Rollcall.GossipLoad.Suites;

/// <summary>The figures of all rounds as lines of the report. Of everything less is better, and no more than the other's is the target.</summary>
internal sealed class ClusterTable(IReadOnlyList<ClusterRound> ours, IReadOnlyList<ClusterRound> theirs, GossipLoadOptions options, Report report)
{
    public void Write(bool hasCounters, double maxResident)
    {
        var nodes = options.Nodes;
        Compare(Figures.Say($"{nodes} processes, from the start of the first until all see all"), Figures.Seconds, static round => round.Formation.FromStart.TotalSeconds);
        Compare("… from when all listen", Figures.Seconds, static round => round.Formation.FromListening.TotalSeconds);
        Compare("from SIGKILL of one until another knows, median", Figures.Seconds, static round => Statistics.Median(round.Kills.SelectMany(static kill => kill)));
        Compare("… until all know, median of the kills", Figures.Seconds, static round => Statistics.Median(round.Kills.Select(static kill => kill.Max())));
        Compare("… until all know, slowest of the kills", Figures.Seconds, static round => round.Kills.Max(static kill => kill.Max()));
        if (hasCounters)
        {
            Traffic("idle", static round => round.Idle);
            Traffic("churn", static round => round.Churn);
        }
        else
        {
            report.Note("Bytes and packets are left out: counting them takes a network namespace, which only root can make.");
        }

        Compare("processor time of a node, idle", Milliseconds, static round => round.Idle.ProcessorMilliseconds);
        Compare("processor time of a node that stays, churn", Milliseconds, static round => round.Churn.ProcessorMilliseconds);
        Compare("resident memory of a node, median", Figures.Megabytes, static round => Statistics.Median(round.Memory.Select(static memory => (double)memory.Resident)));
        Compare("… with shared pages divided among those that share them", Figures.Megabytes, static round => Statistics.Median(round.Memory.Select(static memory => (double)memory.Proportional)));
        var largest = ours.Max(static round => round.Memory.Max(static memory => memory.Resident));
        report.Add("… the largest of all nodes", Figures.Megabytes(largest), "", "", Figures.Say($"≤ {maxResident / 1e6:0} MB"), largest <= maxResident);
        report.Add("nodes that were well and said to have failed, idle", Count(ours), Count(theirs), "", "0", ours.All(static round => round.FalseFailures == 0));
        Notes();
    }

    private void Traffic(string when, Func<ClusterRound, Rates> rates)
    {
        Compare($"packets sent by a node, {when}", static rate => Figures.Say($"{rate:0.00}/s"), round => rates(round).Packets);
        Compare($"… of these UDP, {when}", static rate => Figures.Say($"{rate:0.00}/s"), round => rates(round).Datagrams);
        Compare($"bytes sent by a node, {when}", static rate => Figures.Say($"{rate:0} B/s"), round => rates(round).Bytes);
    }

    private void Compare(string what, Func<double, string> say, Func<ClusterRound, double> figure)
    {
        var (mine, other) = (Statistics.Median(ours.Select(figure)), Statistics.Median(theirs.Select(figure)));
        // As it is printed: what differs by less is the same.
        var ratio = Math.Round(mine / other, 2);
        report.Add(what, say(mine), say(other), Figures.Say($"{ratio:0.00}×"), "≤ 1×", ratio <= 1);
    }

    private void Notes()
    {
        report.Note(Figures.Say($"Both with their defaults for a LAN, each cluster in a network namespace of its own, each node with an address of its own; {options.Rounds} clusters of each kind in turn. What is known when is read from their logs as it comes. A ratio is that of the medians."));
        report.Note(Figures.Say($"Idle is {options.Idle.TotalSeconds:0} s, {options.Settling.TotalSeconds:0} s after all see all; churn is {options.Churned} nodes killed and started again {(options.ChurnInterval / 2).TotalSeconds:0} s later, one every {options.ChurnInterval.TotalSeconds:0} s. Packets are counted on the loopback where they are sent, UDP and TCP, with their headers."));
        report.Note(Figures.Say($"Until all see all a node has used {Statistics.Median(ours.Select(static round => round.Formation.ProcessorSeconds * 1000)):0} ms of processor time, one of serf {Statistics.Median(theirs.Select(static round => round.Formation.ProcessorSeconds * 1000)):0} ms: all {options.Nodes} share {Environment.ProcessorCount} cores while they start."));
    }

    private static string Milliseconds(double milliseconds) => Figures.Say($"{milliseconds:0.00} ms/s");

    private static string Count(IEnumerable<ClusterRound> rounds) => Figures.Say($"{rounds.Sum(static round => round.FalseFailures)}");
}
