using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;
using Rollcall.TestKit;

namespace Rollcall.Gossip.Tests.Transport;

/// <summary>What waits ends with the node it waits for, and not by its own time-out.</summary>
public sealed class EndTests
{
    [Fact]
    public async Task A_join_in_vain_ends_with_the_node()
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a", static options => options.JoinRetryDelay = options.MaxJoinRetryDelay = TimeSpan.FromHours(1));
        var joining = node.JoinAsync(["127.0.0.1:1"]);
        await EndsAsync(node, joining);
    }

    [Fact]
    public async Task A_join_by_a_silent_seed_ends_with_the_node()
    {
        using var silent = Silent();
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a", static options => options.StreamTimeout = TimeSpan.FromHours(1));
        var joining = node.JoinAsync([silent.LocalEndPoint!.ToString()!]);
        using var seen = await Eventually.Within(silent.AcceptAsync());
        await EndsAsync(node, joining);
    }

    [Fact]
    public async Task A_message_that_nobody_takes_ends_with_the_node()
    {
        using var silent = Silent();
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a", static options => (options.StreamTimeout, options.ProbeInterval) = (TimeSpan.FromHours(1), TimeSpan.FromHours(1)));
        await IntroduceAsync(node, (IPEndPoint)silent.LocalEndPoint!);
        var sending = node.SendAsync("b", new byte[1], GossipDelivery.Reliable);
        using var seen = await Eventually.Within(silent.AcceptAsync());
        await EndsAsync(node, sending);
    }

    [Fact]
    public async Task A_leave_ends_with_the_node()
    {
        using var silent = Silent();
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a", static options => (options.LeaveTimeout, options.GossipInterval, options.ProbeInterval) = (TimeSpan.FromHours(1), TimeSpan.FromHours(1), TimeSpan.FromHours(1)));
        await IntroduceAsync(node, (IPEndPoint)silent.LocalEndPoint!);
        var leaving = node.LeaveAsync();
        await Eventually.True(() => TestCluster.StateOf(node, "a") == MemberState.Left);
        await EndsAsync(node, leaving);
    }

    [Fact]
    public async Task Who_calls_cancels_and_is_told_so()
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a", static options => options.JoinRetryDelay = options.MaxJoinRetryDelay = TimeSpan.FromHours(1));
        using var cancel = new CancellationTokenSource();
        var joining = node.JoinAsync(["127.0.0.1:1"], cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(joining));
    }

    [Fact]
    public async Task A_node_that_reaches_itself_by_another_address_has_not_joined()
    {
        await using var cluster = new TestCluster();
        var other = await cluster.StartAsync("b");
        var node = await cluster.StartAsync("a", static options => options.Advertise = new(IPAddress.Parse("127.0.0.9"), 9));
        var self = cluster.Log.Of(LogLevel.Information).Select(ListensAt).First(static address => address is not null)!;
        Assert.Equal(0, await Eventually.Within(node.JoinAsync([self])));
        Assert.Equal(1, await Eventually.Within(node.JoinAsync([self, other.EndPoint!.ToString()])));
    }

    // a listens at 127.0.0.1:40000; others reach it at 127.0.0.9:9
    private static string? ListensAt(string line)
    {
        const string Start = "a listens at ";
        return line.StartsWith(Start, StringComparison.Ordinal) ? line[Start.Length..line.IndexOf(';', StringComparison.Ordinal)] : null;
    }

    private static async Task EndsAsync(GossipNode node, Task waiting)
    {
        await Eventually.Within(node.DisposeAsync().AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Eventually.Within(waiting));
    }

    private static Socket Silent()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(10);
        return socket;
    }

    private static async Task IntroduceAsync(GossipNode node, IPEndPoint address)
    {
        var bytes = new byte[500];
        var written = MessageCodec.Write(bytes, new PushPullHeader(1, 0, join: true));
        var member = new PushPullNode(Encoding.UTF8.GetBytes("b"), NodeAddress.From(address), default, 1, MemberState.Alive, ProtocolVersions.Default);
        written += MessageCodec.Write(bytes.AsSpan(written), member);
        await RawPeer.ExchangeAsync(node, bytes[..written]);
        await Eventually.True(() => TestCluster.StateOf(node, "b") == MemberState.Alive);
    }
}
