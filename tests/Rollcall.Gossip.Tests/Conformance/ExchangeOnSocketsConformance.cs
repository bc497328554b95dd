using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Tests.Transport;
using Rollcall.Gossip.Tests.Wire;
using Rollcall.Gossip.Wire;
using Rollcall.TestKit;

namespace Rollcall.Gossip.Tests.Conformance;

/// <summary>Statements 15, 18, 19, 21 and 22 of the reference, on real sockets.</summary>
public sealed class ExchangeOnSocketsConformance
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("", true)]
    [InlineData("b", false)]
    public async Task S15_A_datagram_ping_is_answered_where_it_is_for_this_node(string name, bool answered)
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        if (!answered)
            await socket.SendToAsync(Ping(7, name), node.EndPoint!);
        Assert.Equal("0282a75061796c6f6164c0a55365714e6f08", Captures.ToHex(await RawPeer.DatagramAsync(socket, node, Ping(8, answered ? name : "a"))));
    }

    [Theory]
    [InlineData("a", "0282a75061796c6f6164c0a55365714e6f05")]
    [InlineData("b", "")]
    public async Task S18_A_ping_on_a_stream_is_answered_or_closed(string name, string reply)
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a");
        Assert.Equal(reply, Captures.ToHex(await RawPeer.ExchangeAsync(node, Ping(5, name))));
    }

    [Fact]
    public async Task S18_One_stream_carries_one_request()
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a");
        using var socket = await RawPeer.ConnectAsync(node);
        await socket.SendAsync(Ping(5, "a"));
        var buffer = new byte[100];
        Assert.Equal(18, await Eventually.Within(socket.ReceiveAsync(buffer.AsMemory()).AsTask()));
        Assert.Equal(0, await Eventually.Within(socket.ReceiveAsync(buffer.AsMemory()).AsTask()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task S19_The_reply_to_an_exchange_is_what_was_known_before_it(bool join)
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a");
        var bytes = new byte[500];
        var written = MessageCodec.Write(bytes, new PushPullHeader(1, 0, join));
        written += MessageCodec.Write(
            bytes.AsSpan(written), new PushPullNode("b"u8, NodeAddress.From([127, 0, 0, 1], 9), default, 1, MemberState.Alive, ProtocolVersions.Default));
        var reply = RawPeer.Decode(await RawPeer.ExchangeAsync(node, bytes[..written]));
        Assert.Equal(StreamStatus.Complete, reply.Status);
        var body = Captures.FromHex(reply.Message!).AsSpan(1);
        Assert.True(MessageCodec.TryRead(body, out PushPullHeader header, out var consumed, out _));
        Assert.Equal((1, join), (header.Nodes, header.Join));
        Assert.True(MessageCodec.TryRead(body[consumed..], out PushPullNode only, out _, out _));
        Assert.Equal("a", Encoding.UTF8.GetString(only.Name));
        await Eventually.True(() => TestCluster.StateOf(node, "b") is not null);
    }

    [Fact]
    public async Task S21_Outer_layers_that_cannot_be_read_are_answered_in_the_nodes_own_way()
    {
        await using var cluster = new TestCluster();
        var plain = await cluster.StartAsync("plain");
        var encrypted = await cluster.StartAsync("encrypted", static options => options.Keyring = Packets.Encrypted.Keyring);
        var reply = RawPeer.Decode(await RawPeer.ExchangeAsync(plain, Streams.Encode(Packets.Encrypted, Captures.Ping)));
        Assert.Equal("0d81a54572726f72da003a" + Captures.ToHex("Remote state is encrypted and encryption is not configured"u8), reply.Message);
        var sealedReply = Arrival.Of(Packets.Encrypted, await RawPeer.ExchangeAsync(encrypted, Captures.Ping), fromDialer: false);
        Assert.StartsWith("0d81a54572726f72da003a", sealedReply.Message, StringComparison.Ordinal);
        Assert.Empty(await RawPeer.ExchangeAsync(plain, [3, 0x80]));
    }

    [Fact]
    public async Task S22_Idle_and_half_sent_streams_are_cut_at_the_deadline()
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a", static options => options.StreamTimeout = TimeSpan.FromMilliseconds(300));
        var clock = Stopwatch.StartNew();
        using var idle = await RawPeer.ConnectAsync(node);
        using var half = await RawPeer.ConnectAsync(node);
        await half.SendAsync(Ping(5, "a").AsMemory(0, 10));
        Assert.Empty(await RawPeer.ReadAllAsync(idle));
        Assert.Empty(await RawPeer.ReadAllAsync(half));
        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(250), Eventually.Limit);

        // Who goes on sending gets no more time for it.
        using var slow = await RawPeer.ConnectAsync(node);
        clock.Restart();
        var head = new byte[100];
        await slow.SendAsync(head.AsMemory(0, MessageCodec.Write(head, new UserMessageHeader(WireLimits.MaxStreamBytes / 2))));
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (clock.Elapsed < Eventually.Limit)
                await slow.SendAsync(head.AsMemory(0, 1));
        });
        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(250), Eventually.Limit);
    }

    [Fact]
    public async Task S22_Streams_at_once_are_bounded_and_half_of_the_seats_are_for_one_host()
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a", static options => options.MaxStreams = 4);
        using var first = await RawPeer.ConnectAsync(node);
        using var second = await RawPeer.ConnectAsync(node);
        await Task.WhenAll(first.SendAsync(new byte[] { 6 }), second.SendAsync(new byte[] { 6 }));
        Assert.Empty(await RawPeer.ExchangeAsync(node, Ping(5, "a")));
        first.Close();
        await Eventually.True(async () => (await RawPeer.ExchangeAsync(node, Ping(5, "a"))).Length == 18);
    }

    private static byte[] Ping(uint seqNo, string name)
    {
        var bytes = new byte[100];
        return bytes[..MessageCodec.Write(bytes, new Ping(seqNo, Encoding.UTF8.GetBytes(name), default, default))];
    }
}
