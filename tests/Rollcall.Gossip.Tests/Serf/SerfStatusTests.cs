using Rollcall.Gossip.Tests.Transport;
using Rollcall.TestKit;

namespace Rollcall.Gossip.Tests.Serf;

/// <summary>What an application sees of Serf's statuses, on real sockets.</summary>
public sealed class SerfStatusTests
{
    [Fact]
    public async Task Who_is_forced_to_leave_and_lives_is_leaving_for_a_while()
    {
        await using var cluster = new TestCluster();
        var nodes = await cluster.StartAsync(3, static options => options.Serf = true);
        await using var changes = nodes[0].WatchAsync().GetAsyncEnumerator();
        Assert.True(await Eventually.Within(changes.MoveNextAsync().AsTask()));
        await nodes[0].ForceLeaveAsync("n1");
        await ExpectAsync(GossipEventKind.Leaving, isLeaving: true);
        await ExpectAsync(GossipEventKind.Updated, isLeaving: false);
        Assert.Equal(MemberState.Alive, TestCluster.StateOf(nodes[2], "n1"));

        async Task ExpectAsync(GossipEventKind kind, bool isLeaving)
        {
            do
                Assert.True(await Eventually.Within(changes.MoveNextAsync().AsTask()));
            while (changes.Current.Kind != kind);
            Assert.Equal(("n1", isLeaving), (changes.Current.Member!.Name, changes.Current.Member.IsLeaving));
        }
    }

    [Fact]
    public async Task Who_failed_and_is_forced_to_leave_has_left_and_is_forgotten_where_it_is_pruned()
    {
        await using var cluster = new TestCluster();
        var nodes = await cluster.StartAsync(4, static options => options.Serf = true);
        await nodes[2].DisposeAsync();
        await Eventually.True(() => TestCluster.StateOf(nodes[1], "n2") == MemberState.Dead && TestCluster.StateOf(nodes[0], "n2") == MemberState.Dead);
        await nodes[0].ForceLeaveAsync("n2");
        await Eventually.True(() => nodes[..2].All(static node => TestCluster.StateOf(node, "n2") == MemberState.Left));
        await nodes[1].ForceLeaveAsync("n2", prune: true);
        await Eventually.True(() => nodes[..2].All(static node => TestCluster.Find(node, "n2") is null));
    }

    [Fact]
    public async Task A_node_is_not_forced_to_leave_by_itself_or_without_Serf()
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartAsync("ours", static options => options.Serf = true);
        await Assert.ThrowsAsync<ArgumentException>(() => node.ForceLeaveAsync("ours"));
        await Assert.ThrowsAsync<ArgumentException>(() => node.ForceLeaveAsync(new string('x', 300)));
        var plain = await cluster.StartAsync("plain");
        await Assert.ThrowsAsync<InvalidOperationException>(() => plain.ForceLeaveAsync("other"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => plain.ListKeysAsync());
    }
}
