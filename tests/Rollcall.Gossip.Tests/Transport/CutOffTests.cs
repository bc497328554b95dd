using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Transport;
using Rollcall.TestKit;
using Rollcall.TestKit.Telemetry;

namespace Rollcall.Gossip.Tests.Transport;

/// <summary>What a node cannot send, or cannot be sent, is told by its own reason and not laid on a network.</summary>
public sealed class CutOffTests
{
    [Theory]
    [InlineData("127.0.0.1:7946", "10.0.0.5:40000", "10.0.0.7:7946", true)]
    [InlineData("[::1]:7946", "[2001:db8::5]:40000", "[2001:db8::7]:7946", true)]
    [InlineData("127.0.0.1:7946", "10.0.0.5:40000", "10.0.0.5:7947", false)] // that one is on this machine as well
    [InlineData("127.0.0.1:7946", "127.0.0.1:40000", "127.0.0.1:7947", false)]
    [InlineData("10.0.0.5:7946", "10.0.0.5:40000", "10.0.0.7:7946", false)]
    public void A_node_on_loopback_joins_nobody_on_another_machine(string self, string local, string target, bool expected) =>
        Assert.Equal(expected, StreamDialer.IsCutOff(Address(self), Address(local), Address(target)));

    [Fact]
    public void A_datagram_that_is_not_sent_has_a_reason_until_one_is()
    {
        using var socket = new PacketSocket(new(IPAddress.Loopback, 0));
        using var there = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        there.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var (near, far, other) = (NodeAddress.From((IPEndPoint)there.LocalEndPoint!), Address("192.0.2.1:9"), Address("[::1]:9"));
        Assert.False(socket.TrySend(far, [1])); // nothing leaves the loopback
        Assert.NotNull(socket.FailureTo(far));
        Assert.False(socket.TrySend(other, [1]));
        Assert.Equal("its address is of another family", socket.FailureTo(other));
        Assert.False(socket.TrySend(near, new byte[70_000]));
        Assert.NotNull(socket.FailureTo(near));
        Assert.True(socket.TrySend(near, [1]));
        Assert.Null(socket.FailureTo(near));
    }

    [Fact]
    public async Task A_member_of_another_family_is_no_matter_of_firewalls()
    {
        Assert.SkipUnless(File.Exists("/proc/net/if_inet6"), "There is no IPv6 here.");
        await using var cluster = new TestCluster();
        var four = await cluster.StartAsync("four");
        var six = await cluster.StartAsync("six", static options => options.Bind = new(IPAddress.IPv6Loopback, 0));
        await Eventually.Within(six.JoinAsync([four.EndPoint!.ToString()]));
        await Eventually.True(() => Warnings(cluster).Contains($"six at {six.EndPoint} answers over TCP, and datagrams cannot be sent to it from {four.EndPoint}: its address is of another family"));
        Assert.DoesNotContain(Warnings(cluster), static line => line.StartsWith("six", StringComparison.Ordinal) && line.Contains("not over UDP", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_claims_a_name_in_vain_is_told_so_and_joins_when_it_is_free()
    {
        await using var cluster = new TestCluster();
        await using var later = new TestCluster();
        var owner = await cluster.StartAsync("web");
        var claimant = await later.StartAsync("web");
        var report = await Eventually.Within(claimant.TryJoinAsync([owner.EndPoint!.ToString()]));
        Assert.Equal(0, report.Joined);
        Assert.Equal($"the name web belongs to {owner.EndPoint} there", Assert.Single(report.Failures).Value);
        await Eventually.True(() => Warnings(cluster).Any() && Warnings(later).Any());
        Assert.Equal([$"The name web belongs to {owner.EndPoint} already, as {owner.EndPoint} says; this node is no member there until it has another name, or that one is gone"], Warnings(later));
        Assert.Equal([$"web at {owner.EndPoint} is claimed by {claimant.EndPoint} as well; the first keeps the name"], Warnings(cluster));

        var joining = claimant.JoinAsync([owner.EndPoint!.ToString()]);
        await Eventually.True(() => Warnings(later).Any(static line => line.StartsWith("None of 1 seeds", StringComparison.Ordinal)));
        Assert.False(joining.IsCompleted);
        await Eventually.Within(owner.LeaveAsync());
        Assert.Equal(1, await Eventually.Within(joining));
    }

    [Fact]
    public async Task A_third_member_says_as_well_whose_a_name_is()
    {
        await using var cluster = new TestCluster();
        await using var later = new TestCluster();
        var nodes = await cluster.StartAsync(2);
        var claimant = await later.StartAsync("n0");
        var report = await Eventually.Within(claimant.TryJoinAsync([nodes[1].EndPoint!.ToString()]));
        Assert.Equal($"the name n0 belongs to {nodes[0].EndPoint} there", Assert.Single(report.Failures).Value);
        await Eventually.True(() => Warnings(later).Any());
        Assert.StartsWith($"The name n0 belongs to {nodes[0].EndPoint} already, as {nodes[1].EndPoint} says", Warnings(later).First(), StringComparison.Ordinal);
    }

    [Fact]
    public void Whose_a_name_is_is_told_again_now_and_then()
    {
        var (time, log) = (new VirtualTime(), new LogRecorder());
        using var metrics = new GossipMetrics(null, new(), static () => new(0, []));
        var reporter = new ProtocolReporter(metrics, new(time, log), time, log);
        var (own, other) = (Record("10.0.0.7:1"), Record("10.0.0.8:1"));
        for (var second = 0; second < 130; second++)
        {
            reporter.Report(new ProtocolEvent(EventKind.NameLost, 0) { Record = own, Other = other });
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(3, log.Of(LogLevel.Warning).Count());

        static NodeRecord Record(string address) => new(Encoding.UTF8.GetBytes("web"), Address(address), default, ProtocolVersions.Default);
    }

    private static NodeAddress Address(string text) => NodeAddress.From(IPEndPoint.Parse(text));

    private static IEnumerable<string> Warnings(TestCluster cluster) => cluster.Log.Of(LogLevel.Warning);
}
