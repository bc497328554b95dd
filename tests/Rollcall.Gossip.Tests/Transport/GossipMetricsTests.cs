using Rollcall.Gossip.Transport;
using Rollcall.TestKit;
using Rollcall.TestKit.Telemetry;

namespace Rollcall.Gossip.Tests.Transport;

public sealed class GossipMetricsTests
{
    [Theory]
    [InlineData("rollcall.gossip.probe.duration", "s", "")]
    [InlineData("rollcall.gossip.probes", "{probe}", "rollcall.result=answered")]
    [InlineData("rollcall.gossip.probes", "{probe}", "rollcall.result=relayed")]
    [InlineData("rollcall.gossip.probes", "{probe}", "rollcall.result=failed")]
    [InlineData("rollcall.gossip.suspicions", "{suspicion}", "")]
    [InlineData("rollcall.gossip.refutations", "{refutation}", "")]
    [InlineData("rollcall.gossip.packets", "{packet}", "network.io.direction=receive")]
    [InlineData("rollcall.gossip.packets", "{packet}", "network.io.direction=transmit")]
    [InlineData("rollcall.gossip.io", "By", "network.transport=udp,network.io.direction=transmit")]
    [InlineData("rollcall.gossip.io", "By", "network.transport=tcp,network.io.direction=receive")]
    [InlineData("rollcall.gossip.refused", "{message}", "rollcall.gossip.what=packet")]
    [InlineData("rollcall.gossip.refused", "{message}", "rollcall.gossip.what=stream")]
    [InlineData("rollcall.gossip.dropped", "{packet}", "rollcall.gossip.what=message")]
    [InlineData("rollcall.gossip.streams", "{stream}", "network.io.direction=receive,rollcall.result=full")]
    [InlineData("rollcall.gossip.members", "{member}", "rollcall.gossip.state=alive")]
    public void Each_is_recorded_with_its_unit_and_tags(string instrument, string unit, string tags)
    {
        using var meters = new MeterRecorder();
        var member = new Member("a", new(System.Net.IPAddress.Loopback, 1), default, MemberState.Alive, 1, default);
        using var metrics = new GossipMetrics(meters, new(), () => new(1, [member]));
        Assert.Equal(0, meters.Sum(instrument, tags));
        metrics.ProbeAnswered(TimeSpan.FromSeconds(1));
        metrics.ProbeAnswered(null);
        metrics.ProbeFailed();
        metrics.Suspected();
        metrics.Refuted();
        metrics.Received(1);
        metrics.Sent(1);
        metrics.StreamBytes("receive", 1);
        metrics.Refused("packet");
        metrics.Refused("stream");
        metrics.Dropped("message");
        metrics.StreamEnded("receive", "full");
        meters.Collect();
        Assert.Equal(1, meters.Sum(instrument, tags));
        Assert.Equal(unit, meters.Unit(instrument));
    }

    [Fact]
    public async Task A_node_measures_what_it_does()
    {
        using var meters = new MeterRecorder();
        await using var cluster = new TestCluster();
        var first = await cluster.StartAsync("a", meters: meters);
        var second = await cluster.StartAsync("b");
        await Eventually.Within(first.JoinAsync([second.EndPoint!.ToString()]));
        await Eventually.True(() => meters.Sum("rollcall.gossip.probes", "rollcall.result=answered") > 0);
        meters.Collect();
        Assert.Equal(2, meters.Sum("rollcall.gossip.members", "rollcall.gossip.state=alive"));
        Assert.Equal(0, meters.Sum("rollcall.gossip.health.score", ""));
        Assert.InRange(meters.Sum("rollcall.gossip.probe.duration", ""), 1e-6, 10);
        Assert.Equal(1, meters.Sum("rollcall.gossip.streams", "network.io.direction=transmit,rollcall.result=success"));
        Assert.True(meters.Sum("rollcall.gossip.io", "network.transport=udp,network.io.direction=transmit") > 50);
        Assert.True(meters.Sum("rollcall.gossip.io", "network.transport=tcp,network.io.direction=transmit") > 50);
    }
}
