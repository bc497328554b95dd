using System.Text;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Wire;
using Rollcall.TestKit.Gossip;

namespace Rollcall.Gossip.Tests.Simulation;

/// <summary>Whole clusters under messages that somebody has made up: what one member makes of them, the others must be able to live with.</summary>
public sealed class ForgeryTests
{
    private const string Victim = "n0";

    private static readonly ClusterBounds Bounds = new(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), TimeSpan.Zero, TimeSpan.FromMinutes(1));

    public static TheoryData<string, uint> Forgeries()
    {
        var data = new TheoryData<string, uint>();
        foreach (var kind in new[] { "suspect", "dead", "alive" })
        {
            foreach (var incarnation in new uint[] { 1, 100, Refutation.MaxStep + 1, Refutation.MaxStep + 2, Membership.MaxJump, Membership.MaxJump * 3, Membership.LastRumour, Membership.LastRumour + 1, uint.MaxValue })
                data.Add(kind, incarnation);
        }

        return data;
    }

    /// <summary>The forgery is sent to the victim, which must not run away with its number to where nobody follows.</summary>
    [Theory]
    [MemberData(nameof(Forgeries))]
    public void A_node_that_is_lied_to_about_itself_is_believed_when_it_objects_to_the_next_accusation(string kind, uint incarnation)
    {
        var (cluster, watch) = Formed(5);
        for (var i = 0; i < 3; i++)
            Forge(cluster, 0, kind, incarnation, "n7");
        Run(cluster, 1);
        Accuse(cluster);
        Run(cluster, 45);
        Check(cluster, watch);
    }

    /// <summary>It is sent to one of the others.</summary>
    [Theory]
    [MemberData(nameof(Forgeries))]
    public void A_member_that_is_lied_about_to_another_is_believed_again(string kind, uint incarnation)
    {
        var (cluster, watch) = Formed(5);
        Forge(cluster, 1, kind, incarnation, "n7");
        Run(cluster, 10);
        Accuse(cluster);
        Run(cluster, 45);
        // A death may be believed within the credit of its accuser; then the member objects.
        Check(cluster, watch, deaths: kind == "dead" ? 5 : 0);
    }

    /// <summary>One of them believes whatever it is told, as memberlist does; only past the last number there is nobody can object.</summary>
    [Theory]
    [InlineData("suspect", 100)]
    [InlineData("suspect", Refutation.MaxStep * 2)]
    [InlineData("suspect", Membership.MaxJump * 3)]
    [InlineData("suspect", Membership.LastRumour)]
    [InlineData("suspect", Membership.LastRumour + 1000)]
    [InlineData("suspect", uint.MaxValue - Refutation.MaxStep)]
    [InlineData("dead", Membership.MaxJump * 3)]
    [InlineData("alive", Membership.MaxJump * 3)]
    [InlineData("alive", Membership.LastRumour + 1000)]
    public void Where_agents_believe_any_number_all_believe_the_member_again(string kind, uint incarnation)
    {
        var (cluster, watch) = Formed(3, agents: 1);
        Forge(cluster, 2, kind, incarnation, "n7");
        Run(cluster, 15);
        Check(cluster, watch, deaths: kind == "dead" ? 3 : 0);
        Accuse(cluster);
        Run(cluster, 45);
        Check(cluster, watch, deaths: kind == "dead" ? 3 : 0);
    }

    [Fact]
    public void A_member_that_says_of_all_others_that_they_are_dead_is_objected_to()
    {
        var (cluster, watch) = Formed(30);
        for (var i = 0; i < 28; i++)
            Forge(cluster, 29, "dead", cluster.Nodes[i].Core.Incarnation, "n28", about: $"n{i}");
        Run(cluster, 20);
        Check(cluster, watch, deaths: 30 * AccuserCredit.Points);
    }

    /// <summary>Somebody says it to each of them in its own name, which counts no more than any other's.</summary>
    [Fact]
    public void What_is_said_to_members_in_their_own_names_kills_nobody()
    {
        var (cluster, watch) = Formed(30);
        for (var to = 0; to < 30; to++)
        {
            for (var about = 0; about < 30; about++)
                Forge(cluster, to, "dead", cluster.Nodes[about].Core.Incarnation, $"n{to}", about: $"n{about}");
        }

        Run(cluster, 20);
        Check(cluster, watch);
    }

    /// <summary>
    /// Honest accusers of many at once are not slowed down by what each may say. The seconds are a quarter more than the longest without any limit: few are left to probe and to confirm each other.
    /// </summary>
    [Theory]
    [InlineData(40, 20, 30)]
    [InlineData(40, 32, 150)]
    public void Many_that_die_at_once_are_known_to_be_dead_by_all(int size, int dead, int seconds)
    {
        foreach (var seed in Enumerable.Range(1, 3))
        {
            var (cluster, _) = Formed(size, seed: seed);
            for (var i = 0; i < dead; i++)
                cluster.Crash(cluster.Nodes[i]);
            var crashed = cluster.Now;
            while (cluster.Nodes.Skip(dead).Any(node => node.Core.LiveCount > size - dead))
            {
                Run(cluster, 0.5);
                Assert.True(cluster.Now - crashed < TimeSpan.FromSeconds(seconds), $"seed {seed}: not known after {cluster.Now - crashed}");
            }
        }
    }

    /// <summary>Twenty events a second, each nearly a packet long, and every node passes on every one.</summary>
    [Fact]
    public void A_flood_of_events_delays_neither_a_change_nor_an_objection()
    {
        var (cluster, watch) = Formed(10);
        for (var i = 0; i < 400; i++)
        {
            cluster.At(cluster.Now + TimeSpan.FromMilliseconds(50 * i), () =>
            {
                foreach (var node in cluster.Nodes)
                    cluster.Do(node, static (core, now) => core.Broadcast(new byte[core.MaxUserMessageLength - 20], now));
            });
        }

        Run(cluster, 3);
        cluster.Do(cluster.Nodes[3], static (core, now) => core.Update(core.Self.Address, "tags"u8, now));
        Accuse(cluster);
        Run(cluster, 3);
        Check(cluster, watch);
        Run(cluster, 12);
        Check(cluster, watch);
    }

    private static void Check(SimulatedCluster cluster, ClusterWatch watch, int deaths = 0)
    {
        Assert.True(watch.HasConverged(out var difference), difference);
        Assert.InRange(watch.FalseDeaths, 0, deaths);
        Assert.Empty(watch.Violations);
    }

    // Three that accuse the victim of what they know of it, one of them twice: enough to end a suspicion as soon as it may be.
    private static void Accuse(SimulatedCluster cluster)
    {
        for (var i = 1; i < cluster.Nodes.Count; i++)
        {
            Assert.True(cluster.Nodes[i].Core.TryFind(Encoding.UTF8.GetBytes(Victim), out var known));
            foreach (var accuser in new[] { "n1", "n2", "n3" })
                Forge(cluster, i, "suspect", known.Incarnation, accuser);
        }
    }

    private static void Forge(SimulatedCluster cluster, int to, string kind, uint incarnation, string from, string about = Victim)
    {
        var buffer = new byte[256];
        var name = Encoding.UTF8.GetBytes(about);
        var accuser = Encoding.UTF8.GetBytes(from);
        var length = kind switch
        {
            "suspect" => MessageCodec.Write(buffer, new Suspect(incarnation, name, accuser)),
            "dead" => MessageCodec.Write(buffer, new Dead(incarnation, name, accuser)),
            _ => MessageCodec.Write(buffer, new Alive(incarnation, name, cluster.Nodes[0].Address, default, ProtocolVersions.Default)),
        };
        cluster.Do(cluster.Nodes[to], (core, now) => core.Receive(buffer.AsSpan(0, length), NodeAddress.From([192, 0, 2, 1], 7946), now));
    }

    private static (SimulatedCluster Cluster, ClusterWatch Watch) Formed(int size, int agents = 0, int seed = 1)
    {
        var cluster = new SimulatedCluster(seed, ProtocolSettings.Lan);
        if (agents > 0)
            cluster.SettingsOf = node => node.Index >= size - agents ? ProtocolSettings.Lan with { Guards = false } : ProtocolSettings.Lan;
        var watch = new ClusterWatch(cluster, size, Bounds with { LiveBelievedDead = TimeSpan.FromSeconds(20) });
        cluster.Observer = watch;
        for (var i = 0; i < size; i++)
            cluster.Start(cluster.Add(), joins: false);
        cluster.IntroduceAll();
        Run(cluster, 30);
        Assert.True(watch.HasConverged(out var difference), difference);
        return (cluster, watch);
    }

    private static void Run(SimulatedCluster cluster, double seconds) => cluster.RunUntil(cluster.Now + TimeSpan.FromSeconds(seconds));
}
