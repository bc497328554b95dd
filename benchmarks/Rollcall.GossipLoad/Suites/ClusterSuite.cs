using Rollcall.GossipLoad.Agents;
using Rollcall.Load;

namespace Rollcall.GossipLoad.Suites;

/// <summary>Clusters of both kinds in turn: how soon they are formed, how soon a crash is known, and what they cost while nothing happens and while nodes go and come.</summary>
internal static class ClusterSuite
{
    private const double MaxResident = 40e6;

    public static async Task RunAsync(string rollcall, string serf, string data, GossipLoadOptions options, Report report, CancellationToken cancellationToken)
    {
        List<ClusterRound> ours = [], theirs = [];
        var hasCounters = true;
        for (var round = 0; round < options.Rounds; round++)
        {
            // Who is first in a round is second in the next.
            (List<ClusterRound> Rounds, string Name, Func<Fleet, int, Agent> Make)[] kinds =
            [
                (ours, "rollcall", (fleet, index) => new RollcallAgent(rollcall, fleet, index)),
                (theirs, "serf", (fleet, index) => new SerfAgent(serf, fleet, index)),
            ];
            foreach (var kind in round % 2 == 0 ? kinds : kinds.Reverse())
            {
                using var fleet = await Fleet.CreateAsync(kind.Name, Path.Combine(data, kind.Name), options.Nodes, kind.Make, cancellationToken);
                hasCounters &= fleet.HasCounters;
                kind.Rounds.Add(await ClusterRound.RunAsync(fleet, options, round, cancellationToken));
            }
        }

        new ClusterTable(ours, theirs, options, report).Write(hasCounters, MaxResident);
    }
}
