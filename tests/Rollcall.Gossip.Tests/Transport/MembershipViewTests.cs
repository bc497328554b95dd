using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Transport;
using Rollcall.TestKit;

namespace Rollcall.Gossip.Tests.Transport;

public sealed class MembershipViewTests
{
    private readonly MembershipHub _hub = new();
    private readonly NodeRecord _member = new("a"u8, NodeAddress.From([127, 0, 0, 1], 7946), default, ProtocolVersions.Default);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_is_gone_is_seen_for_as_long_as_the_protocol_or_Serf_remembers_it(bool keepsGone)
    {
        var view = new MembershipView(_hub, new VirtualTime(), keepsGone);
        Take(view, EventKind.Joined);
        Take(view, EventKind.Failed);
        Take(view, EventKind.Forgotten);
        Assert.Equal(keepsGone ? [MemberState.Dead] : [], _hub.Current.Members.Select(static member => member.State));

        view.Forget("a");
        view.Settle();
        Assert.Empty(_hub.Current.Members);
        view.Forget("a");
        view.Settle();
        Assert.Equal(3, _hub.Current.Version);
    }

    [Fact]
    public void The_changes_of_a_large_cluster_copy_it_for_nobody()
    {
        const int Members = 10_000;
        var view = new MembershipView(_hub, new VirtualTime(), keepsGone: false);
        var records = Enumerable.Range(0, Members).Select(static i => new NodeRecord(System.Text.Encoding.UTF8.GetBytes($"n{i}"), NodeAddress.From([127, 0, 0, 1], 7946), default, ProtocolVersions.Default)).ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var record in records)
        {
            view.Take(new ProtocolEvent(EventKind.Joined, 0) { Record = record, Incarnation = 1 });
            view.Settle();
        }

        // An array for each change would be 400 MB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40_000_000);
        var members = _hub.Current.Members;
        Assert.Equal(Members, members.Count);
        Assert.Equal(members.Select(static member => member.Name).Order(StringComparer.Ordinal), members.Select(static member => member.Name));
        before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("n9999", _hub.Current.Members[Members - 1].Name);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    [Fact]
    public async Task A_reader_that_stands_still_holds_little()
    {
        var view = new MembershipView(_hub, new VirtualTime(), keepsGone: false);
        var records = Enumerable.Range(0, 5000).Select(static i => new NodeRecord(System.Text.Encoding.UTF8.GetBytes($"n{i}"), NodeAddress.From([127, 0, 0, 1], 7946), default, ProtocolVersions.Default)).ToArray();
        foreach (var record in records)
            view.Take(new ProtocolEvent(EventKind.Joined, 0) { Record = record, Incarnation = 1 });
        view.Settle();
        await using var reader = _hub.WatchAsync(CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 2000; i++)
        {
            view.Take(new ProtocolEvent(EventKind.Updated, 0) { Record = records[i], Incarnation = 2 });
            view.Settle();
        }

        // Each event with an array of its own would be 40 MB and more.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 8_000_000);
        GC.KeepAlive(reader);
        GC.KeepAlive(view);
    }

    private void Take(MembershipView view, EventKind kind)
    {
        view.Take(new ProtocolEvent(kind, 0) { Record = _member, Incarnation = 1 });
        view.Settle();
    }
}
