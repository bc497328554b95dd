using Rollcall.Gossip.Protocol;

namespace Rollcall.TestKit.Gossip;

/// <summary>What nodes send while others go and come, as the benchmark has it with processes: one node after the other is killed and started again a while later.</summary>
internal static class ChurnRun
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(6);

    /// <summary>Datagrams of a node in a second, over so many clusters in each of which five nodes are away for a while. One seed makes one run.</summary>
    public static double Run(int size, int clusters, int seed, ProtocolSettings settings, TimeSpan away)
    {
        long packets = 0;
        var seconds = 0.0;
        for (var i = 0; i < clusters; i++)
        {
            var cluster = new SimulatedCluster(seed + i, settings);
            for (var node = 0; node < size; node++)
                cluster.Start(cluster.Add(), joins: node > 0);
            cluster.RunUntil(TimeSpan.FromSeconds(60));
            var before = Sent(cluster);
            foreach (var victim in cluster.Nodes.Skip(1 + cluster.Random.Next(size - 6)).Take(5))
            {
                var began = cluster.Now;
                cluster.Crash(victim);
                cluster.RunUntil(began + away);
                cluster.Start(victim);
                cluster.RunUntil(began + Interval);
                seconds += Interval.TotalSeconds;
            }

            packets += Sent(cluster) - before;
        }

        return packets / seconds / size;
    }

    private static long Sent(SimulatedCluster cluster) => cluster.Nodes.Sum(static node => node.PacketsSent);
}
