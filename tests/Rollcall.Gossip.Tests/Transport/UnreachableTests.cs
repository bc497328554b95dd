using System.Net;
using System.Net.Sockets;
using System.Text;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Tests.Wire;
using Rollcall.Gossip.Wire;
using Rollcall.TestKit;
using Rollcall.TestKit.Telemetry;

namespace Rollcall.Gossip.Tests.Transport;

/// <summary>A member whose address the system refuses to send to: memberlist gives such a probe up, and never suspects who cannot be reached at all.</summary>
public sealed class UnreachableTests
{
    [Fact]
    public async Task Others_are_asked_at_once_about_a_member_that_cannot_be_sent_to()
    {
        var time = new VirtualTime();
        using var meters = new MeterRecorder();
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync(
            "me",
            static options =>
            {
                options.ProbeInterval = TimeSpan.FromSeconds(10);
                options.ProbeTimeout = TimeSpan.FromSeconds(9);
                options.GossipInterval = TimeSpan.FromHours(1);
                options.ExchangeInterval = TimeSpan.Zero;
                options.StreamTimeout = TimeSpan.FromHours(1);
            },
            meters: meters,
            time: time);
        using var helper = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        helper.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        // The node has an IPv4 socket alone.
        await RawPeer.ExchangeAsync(node, State(("helper", (IPEndPoint)helper.LocalEndPoint!), ("unreachable", new(IPAddress.IPv6Loopback, 9))));
        await Eventually.True(() => TestCluster.Live(node) == 3);

        // Each round probes one of the two, the first in its order first. The clock then stands still, well before the timeout of the round.
        for (var round = 0; round < 4; round++)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            var buffer = new byte[2048];
            var received = await Eventually.Within(helper.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0)));
            var message = Contents.Of(Packets.Plain, buffer.AsSpan(0, received.ReceivedBytes)).Messages[0].Split(' ');
            var body = Captures.FromHex(message[1]);
            if (message[0] == nameof(MessageType.IndirectPing))
            {
                Assert.True(MessageCodec.TryRead(body, out IndirectPing asked, out _));
                Assert.Equal("unreachable", Encoding.UTF8.GetString(asked.Node));
                return;
            }

            await helper.SendToAsync(AckOf(body), node.EndPoint!);
            // Taken before the clock moves on, and a turn of the loop later its timer is set. By a clock that stands still no time has passed, which cannot be told from an answer by way of others.
            await Eventually.True(() => meters.Sum("rollcall.gossip.probes", "rollcall.result=relayed") > round);
            await Eventually.Within(node.UpdateMetadataAsync(default));
        }

        Assert.Fail("Nobody was asked about it.");
    }

    private static byte[] State(params (string Name, IPEndPoint Address)[] members)
    {
        var bytes = new byte[1000];
        var written = MessageCodec.Write(bytes, new PushPullHeader(members.Length, 0, join: true));
        foreach (var (name, address) in members)
        {
            var node = new PushPullNode(Encoding.UTF8.GetBytes(name), NodeAddress.From(address), default, 1, MemberState.Alive, ProtocolVersions.Default);
            written += MessageCodec.Write(bytes.AsSpan(written), node);
        }

        return bytes[..written];
    }

    private static byte[] AckOf(byte[] ping)
    {
        Assert.True(MessageCodec.TryRead(ping, out Ping read, out var refusal), refusal);
        var ack = new byte[64];
        return ack[..MessageCodec.Write(ack, new Ack(read.SeqNo, default))];
    }
}
