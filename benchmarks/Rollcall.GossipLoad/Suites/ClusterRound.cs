using System.Diagnostics;
using System.Runtime.InteropServices;
using Rollcall.GossipLoad.Agents;

namespace Rollcall.GossipLoad.Suites;

/// <summary>What one node does in a second, on average over a while.</summary>
/// <param name="Packets">Sent by it.</param>
/// <param name="Bytes">Of these, headers of IP and of UDP or TCP and the loopback's link header among them.</param>
/// <param name="Datagrams">Those of the packets that are UDP.</param>
/// <param name="ProcessorMilliseconds">Spent by it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Rates(double Packets, double Bytes, double Datagrams, double ProcessorMilliseconds);

/// <summary>One cluster from its start to its end.</summary>
internal sealed class ClusterRound
{
    public Formation Formation { get; private set; }

    public Rates Idle { get; private set; }

    public Rates Churn { get; private set; }

    /// <summary>Bytes of each node after it was idle.</summary>
    public IReadOnlyList<(long Resident, long Proportional)> Memory { get; private set; } = [];

    /// <summary>For each kill how long until each of the others knew, in seconds.</summary>
    public List<IReadOnlyList<double>> Kills { get; } = [];

    /// <summary>How often a node that was well was said to have failed.</summary>
    public long FalseFailures { get; private set; }

    public static async Task<ClusterRound> RunAsync(Fleet fleet, GossipLoadOptions options, int seed, CancellationToken cancellationToken)
    {
        var round = new ClusterRound { Formation = await fleet.FormAsync(cancellationToken) };
        await Task.Delay(options.Settling, TimeProvider.System, cancellationToken);
        round.Idle = await MeasureAsync(fleet, fleet.Agents, () => Task.Delay(options.Idle, TimeProvider.System, cancellationToken));
        round.Memory = [.. fleet.Agents.Select(static agent => agent.Memory())];
        round.FalseFailures = fleet.Failures;
        // The same victims for both kinds, and never the one that the others have joined by.
        var random = new Random(seed);
        Agent[] victims = [.. fleet.Agents.Skip(1)];
        random.Shuffle(victims);
        foreach (var victim in victims.Take(options.Kills))
        {
            round.Kills.Add(await fleet.KillAsync(victim, cancellationToken));
            fleet.Restart(victim);
            await fleet.AllSeeAllAsync(cancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(500, 1_500)), TimeProvider.System, cancellationToken);
        }

        Agent[] churned = [.. victims.TakeLast(options.Churned)];
        round.Churn = await MeasureAsync(fleet, [.. fleet.Agents.Except(churned)], () => ChurnAsync(fleet, churned, options, cancellationToken));
        return round;
    }

    private static async Task ChurnAsync(Fleet fleet, Agent[] churned, GossipLoadOptions options, CancellationToken cancellationToken)
    {
        foreach (var victim in churned)
        {
            await fleet.CrashAsync(victim, cancellationToken);
            await Task.Delay(options.ChurnInterval / 2, TimeProvider.System, cancellationToken);
            fleet.Restart(victim);
            await Task.Delay(options.ChurnInterval / 2, TimeProvider.System, cancellationToken);
        }
    }

    // The network is everybody's; processor time is that of those who stay.
    private static async Task<Rates> MeasureAsync(Fleet fleet, IReadOnlyList<Agent> staying, Func<Task> meanwhile)
    {
        var traffic = fleet.HasCounters ? fleet.Traffic() : default;
        var processor = staying.Sum(static agent => agent.ProcessorSeconds());
        var began = Stopwatch.GetTimestamp();
        await meanwhile();
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var spent = staying.Sum(static agent => agent.ProcessorSeconds()) - processor;
        var carried = fleet.HasCounters ? fleet.Traffic() - traffic : default;
        var all = seconds * fleet.Agents.Count;
        return new(carried.Packets / all, carried.Bytes / all, carried.Datagrams / all, spent * 1000 / seconds / staying.Count);
    }
}
