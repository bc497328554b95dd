using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging;
using Rollcall.Gossip.Tests.Transport;
using Rollcall.TestKit;
using Rollcall.TestKit.Network;
using Rollcall.TestKit.Telemetry;

namespace Rollcall.Gossip.Tests;

/// <summary>Several nodes with real sockets.</summary>
public sealed class GossipNodeTests
{
    [Fact]
    public async Task Nodes_that_join_see_each_other()
    {
        await using var cluster = new TestCluster();
        var nodes = await cluster.StartAsync(5);
        Assert.All(nodes, static node => Assert.Equal(["n0", "n1", "n2", "n3", "n4"], node.Membership.Members.Select(static member => member.Name)));
        Assert.Equal(nodes[0].EndPoint, TestCluster.Find(nodes[4], "n0")!.EndPoint);
        Assert.Empty(cluster.Log.Of(LogLevel.Error));
    }

    [Fact]
    public async Task A_crash_is_seen_as_a_failure()
    {
        await using var cluster = new TestCluster();
        var nodes = await cluster.StartAsync(3);
        await nodes[1].DisposeAsync();
        await Eventually.True(() => TestCluster.StateOf(nodes[0], "n1") == MemberState.Dead && TestCluster.StateOf(nodes[2], "n1") == MemberState.Dead);
        Assert.Contains(cluster.Log.Of(LogLevel.Warning), static line => line.StartsWith("n1 at 127.0.0.1:", StringComparison.Ordinal) && line.Contains("has failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_leave_is_seen_as_one()
    {
        await using var cluster = new TestCluster();
        var nodes = await cluster.StartAsync(3);
        Assert.True(await Eventually.Within(nodes[1].LeaveAsync()));
        await nodes[1].DisposeAsync();
        await Eventually.True(() => TestCluster.StateOf(nodes[0], "n1") == MemberState.Left && TestCluster.StateOf(nodes[2], "n1") == MemberState.Left);
    }

    [Fact]
    public async Task A_node_alone_leaves_at_once()
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("alone");
        Assert.True(await Eventually.Within(node.LeaveAsync()));
    }

    [Fact]
    public async Task What_a_node_says_of_itself_is_seen_by_itself_too()
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("a", static options => options.Metadata = "one"u8.ToArray());
        await using var events = node.WatchAsync().GetAsyncEnumerator();
        Assert.True(await Eventually.Within(events.MoveNextAsync().AsTask()));
        await node.UpdateMetadataAsync("one"u8.ToArray()); // nothing new
        await node.UpdateMetadataAsync("two"u8.ToArray());
        Assert.True(await Eventually.Within(events.MoveNextAsync().AsTask()));
        Assert.Equal((GossipEventKind.Updated, "two"), (events.Current.Kind, Encoding.UTF8.GetString(events.Current.Member!.Metadata.Span)));
        Assert.Equal("two", Encoding.UTF8.GetString(Assert.Single(node.Membership.Members).Metadata.Span));
    }

    [Fact]
    public async Task Changes_are_told_the_state_first()
    {
        await using var cluster = new TestCluster();
        var first = await cluster.StartAsync("a");
        await using var events = first.WatchAsync().GetAsyncEnumerator();
        Assert.True(await Eventually.Within(events.MoveNextAsync().AsTask()));
        Assert.Equal(GossipEventKind.Snapshot, events.Current.Kind);
        Assert.Equal("a", Assert.Single(events.Current.Membership.Members).Name);

        var second = await cluster.StartAsync("b", static options => options.Metadata = "one"u8.ToArray());
        await Eventually.Within(second.JoinAsync([first.EndPoint!.ToString()]));
        await ExpectAsync(GossipEventKind.Joined);
        Assert.Equal("one", Encoding.UTF8.GetString(events.Current.Member!.Metadata.Span));
        await second.UpdateMetadataAsync("two"u8.ToArray());
        await ExpectAsync(GossipEventKind.Updated);
        Assert.Equal("two", Encoding.UTF8.GetString(events.Current.Member!.Metadata.Span));
        await second.LeaveAsync();
        await ExpectAsync(GossipEventKind.Left);

        await first.DisposeAsync();
        Assert.False(await Eventually.Within(events.MoveNextAsync().AsTask()));

        async Task ExpectAsync(GossipEventKind kind)
        {
            Assert.True(await Eventually.Within(events.MoveNextAsync().AsTask()));
            Assert.Equal((kind, "b"), (events.Current.Kind, events.Current.Member?.Name));
        }
    }

    [Theory]
    [InlineData(GossipDelivery.BestEffort, 1000)]
    [InlineData(GossipDelivery.Reliable, 1000)]
    [InlineData(GossipDelivery.Reliable, 1_000_000)]
    public async Task A_message_reaches_its_member(GossipDelivery delivery, int length)
    {
        await using var cluster = new TestCluster();
        var nodes = await cluster.StartAsync(2);
        await using var messages = nodes[1].ReadMessagesAsync().GetAsyncEnumerator();
        var payload = new byte[length];
        new Random(1).NextBytes(payload);
        Assert.True(await Eventually.Within(nodes[0].SendAsync("n1", payload, delivery)));
        Assert.True(await Eventually.Within(messages.MoveNextAsync().AsTask()));
        Assert.Equal(payload, messages.Current.Payload.ToArray());
    }

    [Fact]
    public async Task A_message_to_nobody_is_not_sent()
    {
        await using var cluster = new TestCluster();
        var nodes = await cluster.StartAsync(2);
        Assert.False(await nodes[0].SendAsync("nobody", new byte[1]));
        Assert.False(await nodes[0].SendAsync("nobody", new byte[1], GossipDelivery.Reliable));
        await nodes[1].DisposeAsync();
        Assert.False(await Eventually.Within(nodes[0].SendAsync("n1", new byte[1], GossipDelivery.Reliable)));
        await Assert.ThrowsAsync<ArgumentException>(() => nodes[0].SendAsync("n1", new byte[1400]));
        await Assert.ThrowsAsync<ArgumentException>(() => nodes[0].BroadcastAsync(new byte[1400]));
        await Assert.ThrowsAsync<ArgumentException>(() => nodes[0].UpdateMetadataAsync(new byte[513]));
    }

    [Fact]
    public async Task A_broadcast_reaches_all_others()
    {
        await using var cluster = new TestCluster();
        var nodes = await cluster.StartAsync(4);
        var readers = nodes.Skip(1).Select(static node => node.ReadMessagesAsync().GetAsyncEnumerator()).ToArray();
        await nodes[0].BroadcastAsync("deploy"u8.ToArray());
        foreach (var reader in readers)
        {
            Assert.True(await Eventually.Within(reader.MoveNextAsync().AsTask()));
            Assert.Equal("deploy", Encoding.UTF8.GetString(reader.Current.Payload.Span));
            await reader.DisposeAsync();
        }
    }

    [Fact]
    public async Task Keys_are_rotated_while_nodes_run()
    {
        var (old, next) = (GossipKey.Generate(), GossipKey.Generate());
        await using var cluster = new TestCluster();
        var nodes = await cluster.StartAsync(3, options => options.Keyring = new(old));
        var stranger = await cluster.StartAsync("stranger");
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stranger.JoinAsync([nodes[0].EndPoint!.ToString()], soon.Token));

        foreach (var node in nodes)
            Assert.True(node.Keyring.Add(next));
        Assert.True(nodes[1].Keyring.Use(next)); // the others still use the old one
        await nodes[1].UpdateMetadataAsync("rotated"u8.ToArray());
        await nodes[0].UpdateMetadataAsync("not yet"u8.ToArray());
        await Eventually.True(() => TestCluster.Metadata(nodes[0], "n1") == "rotated" && TestCluster.Metadata(nodes[2], "n1") == "rotated" && TestCluster.Metadata(nodes[1], "n0") == "not yet");
        foreach (var node in nodes)
        {
            Assert.True(node.Keyring.Use(next));
            Assert.True(node.Keyring.Remove(old));
        }

        await nodes[2].UpdateMetadataAsync("done"u8.ToArray());
        await Eventually.True(() => TestCluster.Metadata(nodes[0], "n2") == "done" && TestCluster.Metadata(nodes[1], "n2") == "done");
        Assert.All(nodes, static node => Assert.Equal(3, TestCluster.Live(node)));
    }

    [Fact]
    public async Task The_applications_state_goes_with_a_join_both_ways()
    {
        await using var cluster = new TestCluster();
        RecordedState one = new("from a"), other = new("from b");
        var first = await cluster.StartAsync("a", state: one);
        var second = await cluster.StartAsync("b", state: other);
        await Eventually.Within(second.JoinAsync([first.EndPoint!.ToString()]));
        Assert.Equal("from a (joining)", other.Merged);
        await Eventually.True(() => one.Merged == "from b (joining)");
    }

    [Fact]
    public async Task What_the_application_throws_stays_with_it()
    {
        await using var cluster = new TestCluster();
        var first = await cluster.StartAsync("a", state: new ThrowingState());
        var second = await cluster.StartAsync("b", state: new RecordedState("x"));
        await Eventually.Within(second.JoinAsync([first.EndPoint!.ToString()]));
        Assert.Equal(2, TestCluster.Live(second));
        await Eventually.True(() => cluster.Log.Of(LogLevel.Error).Any());
    }

    [Fact]
    public async Task Joining_goes_on_until_a_seed_is_there()
    {
        await using var cluster = new TestCluster();
        var port = FreePorts.Take();
        var second = await cluster.StartAsync("b");
        var joining = second.JoinAsync(["127.0.0.1:1", $"127.0.0.1:{port}"]);
        await Eventually.True(() => cluster.Log.Of(LogLevel.Warning).Any(static line => line.StartsWith("None of 2 seeds", StringComparison.Ordinal)));
        await cluster.StartAsync("c", options => options.Bind = new(options.Bind.Address, port));
        Assert.Equal(1, await Eventually.Within(joining));
        await Eventually.True(() => TestCluster.StateOf(second, "c") == MemberState.Alive);
    }

    [Fact]
    public async Task A_seed_may_be_the_node_itself()
    {
        await using var cluster = new TestCluster();
        var first = await cluster.StartAsync("a");
        var second = await cluster.StartAsync("b");
        Assert.Equal(0, await Eventually.Within(first.JoinAsync([first.EndPoint!.ToString()])));
        Assert.Equal(1, await Eventually.Within(first.JoinAsync([first.EndPoint!.ToString(), $"localhost:{second.EndPoint!.Port}"])));
        await Assert.ThrowsAsync<ArgumentException>(() => first.JoinAsync(["127.0.0.1:99999"]));
    }

    [Fact]
    public async Task Timers_that_come_too_early_do_not_stop_it()
    {
        using var meters = new MeterRecorder();
        await using var cluster = new TestCluster();
        var first = await cluster.StartAsync("a", static options => options.StreamTimeout = TimeSpan.FromSeconds(20), meters: meters, time: new EarlyTime());
        var second = await cluster.StartAsync("b", static options => options.ProbeInterval = options.GossipInterval = TimeSpan.FromHours(1));
        await Eventually.Within(first.JoinAsync([second.EndPoint!.ToString()]));
        await Eventually.True(() => meters.Sum("rollcall.gossip.probes", "rollcall.result=answered") >= 3);
    }

    [Fact]
    public async Task A_node_is_used_after_its_start_and_before_its_end()
    {
        var node = new GossipNode(TestCluster.Options("a"));
        Assert.Null(node.EndPoint);
        Assert.Empty(node.Membership.Members);
        await Assert.ThrowsAsync<InvalidOperationException>(() => node.LeaveAsync());
        await node.StartAsync();
        Assert.Single(node.Membership.Members);
        await Assert.ThrowsAsync<InvalidOperationException>(() => node.StartAsync());
        await node.DisposeAsync();
        await node.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => node.LeaveAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => node.StartAsync());
    }

    private sealed class RecordedState(string text) : IGossipState
    {
        public string? Merged { get; private set; }

        public void Write(IBufferWriter<byte> state, bool joining) => state.Write(Encoding.UTF8.GetBytes(text));

        public void Merge(ReadOnlySpan<byte> state, bool joining) => Merged = Encoding.UTF8.GetString(state) + (joining ? " (joining)" : "");
    }

    private sealed class ThrowingState : IGossipState
    {
        public void Write(IBufferWriter<byte> state, bool joining) => throw new InvalidOperationException("no state");

        public void Merge(ReadOnlySpan<byte> state, bool joining) => throw new InvalidOperationException("no merge");
    }
}
