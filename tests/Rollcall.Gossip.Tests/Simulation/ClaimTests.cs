using System.Text;
using Rollcall.Gossip.Protocol;
using Rollcall.TestKit.Gossip;

namespace Rollcall.Gossip.Tests.Simulation;

/// <summary>What the papers claim, as claims: Das, Gupta and Motivala 2002 for SWIM, Dadgar, Phillips and Currey 2017 for Lifeguard.</summary>
public sealed class ClaimTests(ITestOutputHelper output)
{
    private static readonly int[] Sizes = [16, 64, 256];

    private static readonly ProtocolSettings Idle = ProtocolSettings.Lan with { PushPullInterval = TimeSpan.Zero, ReconnectInterval = TimeSpan.Zero };

    /// <summary>SWIM, section 3.3: a crash is found within e / (e − 1) = 1.58 periods on average, whatever the size: that long until the round of the first that probes it is over.</summary>
    [Fact]
    public void Time_to_detection_does_not_depend_on_the_size()
    {
        var means = Sizes.Select(size => Enumerable.Range(1, 60).Average(seed => TimeToSuspicion(size, seed))).ToArray();
        output.WriteLine($"seconds to the first suspicion among {string.Join(", ", Sizes)}: {string.Join(", ", means.Select(static mean => mean.ToString("0.00")))}");
        Assert.All(means, static mean => Assert.InRange(mean, 1.4, 2.6));
        Assert.InRange(means[^1] / means[0], 0.7, 1.3);
    }

    /// <summary>SWIM, section 3.4: what a node sends in a period does not grow with the cluster.</summary>
    [Fact]
    public void Load_of_a_node_does_not_depend_on_the_size()
    {
        var loads = Sizes.Select(static size =>
        {
            var cluster = Formed(size, seed: 3, Idle);
            var before = cluster.Nodes.Sum(static node => node.PacketsSent);
            cluster.RunUntil(cluster.Now + TimeSpan.FromSeconds(60));
            return (cluster.Nodes.Sum(static node => node.PacketsSent) - before) / 60.0 / size;
        }).ToArray();
        output.WriteLine($"datagrams a second and node among {string.Join(", ", Sizes)}: {string.Join(", ", loads.Select(static load => load.ToString("0.00")))}");
        // A ping in each period, and an ack for each.
        Assert.All(loads, static load => Assert.InRange(load, 1.9, 2.1));
    }

    /// <summary>SWIM, section 4.1: a rumour reaches everybody in a time that grows with the logarithm of the size.</summary>
    [Fact]
    public void Dissemination_grows_with_the_logarithm()
    {
        // The median: that a rumour dies out before the last has it is possible, and left to the exchanges of states, which are off here.
        var means = Sizes.Select(size => Enumerable.Range(1, 21).Select(seed => TimeToAll(size, seed)).Order().ElementAt(10)).ToArray();
        output.WriteLine($"seconds until all know among {string.Join(", ", Sizes)}: {string.Join(", ", means.Select(static mean => mean.ToString("0.00")))}");
        // From 16 to 256 the logarithm doubles; linear growth would be sixteenfold.
        Assert.InRange(means[^1] / means[0], 1, 3);
        Assert.InRange(means[^1] - means[1], 0, (1.5 * (means[1] - means[0])) + 0.1);
    }

    /// <summary>Lifeguard, section 5: with some members that are slow, healthy ones are believed dead far less often than by SWIM.</summary>
    [Fact]
    public void False_positives_are_at_least_twenty_times_fewer_than_plain_SWIMs()
    {
        var swim = 0;
        var lifeguard = 0;
        foreach (var stall in new[] { 4, 8, 16, 24 })
        {
            swim += FalsePositives(ProtocolSettings.Lan.AsPlainSwim(), stall, stall);
            lifeguard += FalsePositives(ProtocolSettings.Lan, stall, stall);
        }

        output.WriteLine($"healthy members believed dead: {swim} by SWIM, {lifeguard} by this");
        Assert.InRange(swim, 200, int.MaxValue);
        Assert.InRange(lifeguard, 0, swim / 20);
    }

    private static double TimeToSuspicion(int size, int seed)
    {
        var cluster = Formed(size, seed, Idle);
        var victim = cluster.Nodes[cluster.Random.Next(size)];
        var watch = new FirstTime(EventKind.Suspected);
        cluster.Observer = watch;
        cluster.Crash(victim);
        var crashed = cluster.Now;
        while (watch.Seen.Count == 0)
            cluster.RunUntil(cluster.Now + TimeSpan.FromMilliseconds(10));
        return (cluster.Now - crashed).TotalSeconds;
    }

    private static double TimeToAll(int size, int seed)
    {
        var cluster = Formed(size, seed, Idle);
        var watch = new FirstTime(EventKind.Updated);
        cluster.Observer = watch;
        var changed = cluster.Now;
        cluster.Do(cluster.Nodes[0], static (core, now) => core.Update(core.Self.Address, Encoding.UTF8.GetBytes("news"), now));
        while (watch.Seen.Count < size && cluster.Now - changed < TimeSpan.FromSeconds(60))
            cluster.RunUntil(cluster.Now + TimeSpan.FromMilliseconds(10));
        return (cluster.Now - changed).TotalSeconds;
    }

    private static int FalsePositives(ProtocolSettings settings, int seed, double stall)
    {
        const int size = 50;
        var cluster = Formed(size, seed, settings);
        var watch = new ClusterWatch(cluster, size, new(TimeSpan.MaxValue, TimeSpan.MaxValue, TimeSpan.Zero, TimeSpan.MaxValue));
        cluster.Observer = watch;
        // As in the paper: the messages of a few members wait for long, and then all come at once.
        for (var i = 0; i < 5; i++)
            cluster.Slow(cluster.Nodes[i], TimeSpan.FromSeconds(stall), TimeSpan.FromSeconds(stall + 1), messagesOnly: true);
        cluster.RunUntil(cluster.Now + TimeSpan.FromMinutes(5));
        return watch.FalseDeaths;
    }

    private static SimulatedCluster Formed(int size, int seed, ProtocolSettings settings)
    {
        var cluster = new SimulatedCluster(seed, settings);
        for (var i = 0; i < size; i++)
            cluster.Start(cluster.Add(), joins: false);
        cluster.IntroduceAll();
        cluster.RunUntil(TimeSpan.FromSeconds(10));
        return cluster;
    }

    private sealed class FirstTime(EventKind kind) : IClusterObserver
    {
        public HashSet<int> Seen { get; } = [];

        public void Did(string what)
        {
        }

        public void Exchanged(SimulatedNode from, SimulatedNode to)
        {
        }

        public void Started(SimulatedNode node)
        {
        }

        public void Happened(SimulatedNode node, in ProtocolEvent happened)
        {
            if (happened.Kind == kind)
                Seen.Add(node.Index);
        }

        public void Sent(SimulatedNode from, in OutgoingPacket packet, Effects effects)
        {
        }
    }
}
