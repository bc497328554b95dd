using Rollcall.Gossip.Protocol;
using Rollcall.TestKit.Gossip;

namespace Rollcall.Gossip.Tests.Simulation;

/// <summary>What is done beyond memberlist costs no time where a crash is a crash, and no datagrams. What it gains where one is not is <see cref="ClaimTests"/>'.</summary>
public sealed class DetectionTests(ITestOutputHelper output)
{
    private const int Kills = 300;
    private const int Clusters = 40;

    private static readonly ProtocolSettings Ours = ProtocolSettings.Lan;
    private static readonly ProtocolSettings Theirs = ProtocolSettings.Lan.AsMemberlist();
    private static readonly Lazy<Detections> AmongTheirs = new(static () => Run(static _ => Theirs));

    [Fact]
    public void In_good_weather_a_crash_is_known_as_soon_as_by_memberlists_own_rules() => AssertNoSlower(Run(static _ => Ours));

    /// <summary>Agents answer for whom they were asked to ping just after the round that it was for: that is no silence.</summary>
    [Fact]
    public void A_node_among_agents_does_not_doubt_itself_when_a_member_crashes() => AssertNoSlower(Run(static node => node == 0 ? Ours : Ours with { NackPercent = Theirs.NackPercent }));

    [Fact]
    public void In_a_cluster_of_both_kinds_a_crash_is_known_as_soon() => AssertNoSlower(Run(static node => node % 2 == 0 ? Ours : Theirs));

    /// <summary>A process that takes longer to start is away for longer, which costs more than anything the two do differently.</summary>
    [Fact]
    public void Nodes_that_go_and_come_cost_no_more_datagrams()
    {
        var away = TimeSpan.FromSeconds(3);
        var ours = Churn(Ours, away);
        var theirs = Churn(Theirs, away);
        var late = Churn(Theirs, away + TimeSpan.FromSeconds(0.5));
        output.WriteLine($"datagrams of a node in a second: {ours:0.000}; by memberlist's rules {theirs:0.000}, started half a second later {late:0.000}");
        Assert.InRange(ours / theirs, 0.9, 1.02);
        Assert.InRange(late / theirs, 1.03, 1.2);
    }

    private static double Churn(ProtocolSettings settings, TimeSpan away) => ChurnRun.Run(30, Clusters, seed: 1, settings, away);

    private void AssertNoSlower(Detections measured)
    {
        output.WriteLine($"until all of 30 knew of each of {Kills} crashes: {measured}; by memberlist's rules: {AmongTheirs.Value}");
        Assert.InRange(measured.Mean - AmongTheirs.Value.Mean, TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(0.2));
        Assert.InRange(measured.Quantile(0.95) - AmongTheirs.Value.Quantile(0.95), TimeSpan.FromSeconds(-2), TimeSpan.FromSeconds(0.5));
    }

    private static Detections Run(Func<int, ProtocolSettings> settingsOf) => DetectionRun.Run(30, Kills, seed: 1, settingsOf);
}
