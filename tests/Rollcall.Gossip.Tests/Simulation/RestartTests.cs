using System.Text;
using Rollcall.Gossip.Protocol;
using Rollcall.TestKit.Gossip;

namespace Rollcall.Gossip.Tests.Simulation;

/// <summary>A process that was killed and begins anew, with nothing kept: its incarnation is 1 again, whatever it had counted to.</summary>
public sealed class RestartTests
{
    private const int Size = 50;
    private const int Restarts = 7;

    /// <summary>How long it is away: not missed yet, suspected, believed dead, forgotten.</summary>
    [Theory]
    [InlineData(0.3)]
    [InlineData(3)]
    [InlineData(20)]
    [InlineData(200)]
    public void At_its_old_address_it_is_alive_for_all_at_once(double away)
    {
        foreach (var seed in Enumerable.Range(1, 5))
        {
            var (cluster, watch) = Formed(seed);
            var node = cluster.Nodes[Restarts];
            cluster.Crash(node);
            Run(cluster, away);
            cluster.Start(node);
            Run(cluster, 4);
            Assert.True(watch.HasConverged(out var difference), $"seed {seed}: {difference}");
            Run(cluster, 60);
            Assert.True(watch.HasConverged(out difference), $"seed {seed}, later: {difference}");
            Assert.Empty(watch.Violations);
        }
    }

    /// <summary>Its name is held for the old address until that is believed dead and has had its time to object: about eight seconds and half a minute.</summary>
    [Theory]
    [InlineData(0.3, 55)]
    [InlineData(10, 45)]
    [InlineData(20, 35)]
    [InlineData(60, 4)]
    [InlineData(200, 4)]
    public void Under_a_new_address_it_is_alive_for_all_when_its_name_is_free(double away, double seconds)
    {
        foreach (var seed in Enumerable.Range(1, 5))
        {
            var (cluster, watch) = Formed(seed);
            var node = cluster.Nodes[Restarts];
            cluster.Crash(node);
            Run(cluster, away);
            node.Moves++;
            cluster.Start(node);
            Run(cluster, seconds);
            Assert.True(watch.HasConverged(out var difference), $"seed {seed}: {difference}");
            Assert.Empty(watch.Violations);
        }
    }

    private static (SimulatedCluster Cluster, ClusterWatch Watch) Formed(int seed)
    {
        var cluster = new SimulatedCluster(seed, ProtocolSettings.Lan);
        var watch = new ClusterWatch(cluster, Size, new(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2), TimeSpan.Zero, TimeSpan.FromMinutes(2)));
        cluster.Observer = watch;
        for (var i = 0; i < Size; i++)
            cluster.Start(cluster.Add(), joins: i > 0);
        Run(cluster, 30);
        for (var i = 0; i < 9; i++)
            cluster.Do(cluster.Nodes[Restarts], (core, now) => core.Update(core.Self.Address, Encoding.UTF8.GetBytes($"change {i}"), now));
        Run(cluster, 30);
        Assert.True(watch.HasConverged(out var difference), difference);
        return (cluster, watch);
    }

    private static void Run(SimulatedCluster cluster, double seconds) => cluster.RunUntil(cluster.Now + TimeSpan.FromSeconds(seconds));
}
