using Rollcall.Gossip.Protocol;
using Rollcall.TestKit.Gossip;

namespace Rollcall.Gossip.Tests.Simulation;

/// <summary>Halves of a cluster that were apart for so long that each has forgotten the other.</summary>
public sealed class PartitionTests
{
    private const int Size = 20;

    private static readonly ClusterBounds Bounds = new(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2), TimeSpan.Zero, TimeSpan.FromMinutes(2));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public void They_meet_again(int away)
    {
        var (cluster, watch) = Part(away, ProtocolSettings.Lan);
        cluster.RunUntil(cluster.Now + TimeSpan.FromMinutes(2));
        Assert.True(watch.HasConverged(out var difference), difference);
        Assert.Empty(watch.Violations);
    }

    [Fact]
    public void Without_trying_the_failed_again_they_never_do()
    {
        var (cluster, watch) = Part(10, ProtocolSettings.Lan with { ReconnectInterval = TimeSpan.Zero });
        cluster.RunUntil(cluster.Now + TimeSpan.FromMinutes(10));
        Assert.False(watch.HasConverged(out _));
    }

    private static (SimulatedCluster Cluster, ClusterWatch Watch) Part(int away, ProtocolSettings settings)
    {
        var cluster = new SimulatedCluster(seed: 5, settings);
        var watch = new ClusterWatch(cluster, Size, Bounds);
        cluster.Observer = watch;
        for (var i = 0; i < Size; i++)
            cluster.Start(cluster.Add(), joins: i > 0);
        cluster.RunUntil(TimeSpan.FromSeconds(30));
        Assert.True(watch.HasConverged(out var difference), difference);

        foreach (var node in cluster.Nodes.Take(away))
            node.Group = 1;
        cluster.RunUntil(cluster.Now + TimeSpan.FromMinutes(5));
        Assert.All(cluster.Nodes, node => Assert.Equal(node.Group == 1 ? away : Size - away, node.Core.MemberCount));
        foreach (var node in cluster.Nodes)
            node.Group = 0;
        return (cluster, watch);
    }
}
