using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Tests.Protocol;

namespace Rollcall.Gossip.Tests.Conformance;

/// <summary>Statements 33, 36 and 37: what is gossiped, in which order, how often, and in how large packets.</summary>
public sealed class GossipConformance
{
    [Fact]
    public void S33_A_leave_is_sent_as_often_as_the_limit_says_and_pings_are_still_answered()
    {
        var node = Cluster(12);
        node.Advance(20);
        node.Do(static (core, now) => core.Leave(now));
        node.Ping(9, "me", LoneNode.AddressOf("n1"), "n1", LoneNode.AddressOf("n1"));
        Assert.Contains("ack", node.Sent.Last(static sent => sent.Text.StartsWith("ack", StringComparison.Ordinal)).Text, StringComparison.Ordinal);
        Assert.Empty(node.EventsOf(EventKind.LeaveSpread));
        node.Advance(5);
        Assert.Equal(8, node.Sent.Count(static sent => sent.Text == "dead me 1 from me"));
        Assert.Single(node.EventsOf(EventKind.LeaveSpread));
    }

    [Fact]
    public void S33_Who_is_alone_has_left_at_once()
    {
        var node = new LoneNode();
        node.Do(static (core, now) => core.Leave(now));
        Assert.Single(node.EventsOf(EventKind.LeaveSpread));
    }

    /// <summary>Weak point 26 of the reference: to draw at random may miss somebody where they are few.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Where_members_are_few_each_of_them_is_told_each_time(int others)
    {
        var node = Cluster(others);
        node.Advance(30);
        for (var change = 0; change < 50; change++)
        {
            node.Do((core, now) => core.Update(core.Self.Address, LoneNode.Bytes($"change {change}"), now));
            var before = node.Sent.Count;
            node.Advance(0.2);
            // What does not go along with a ping or an ack: those of the tick.
            var tick = node.Sent.Skip(before).GroupBy(static sent => sent.Packet).Select(static packet => packet.First()).Where(static first => first.Text.StartsWith("alive me", StringComparison.Ordinal));
            Assert.Equal(others, tick.Select(static sent => sent.To).Distinct().Count());
            node.Advance(5);
        }
    }

    [Theory]
    [InlineData(3, 4)]
    [InlineData(9, 8)]
    [InlineData(50, 8)]
    public void S36_A_message_is_sent_as_often_as_the_limit_says(int others, int times)
    {
        var node = Cluster(others);
        node.Advance(30);
        node.Alive("n1", 2, meta: "new");
        node.Advance(10);
        Assert.Equal(times, node.Sent.Count(static sent => sent.Text.StartsWith("alive n1 2", StringComparison.Ordinal)));
    }

    [Fact]
    public void S36_No_packet_is_larger_than_the_budget()
    {
        var node = new LoneNode();
        for (var i = 0; i < 400; i++)
            node.Alive($"member-{i}", meta: new('x', i));
        node.Advance(20);
        var sizes = node.Sent.GroupBy(static sent => sent.Packet).Select(static packet => 5 + 2 + packet.Sum(static sent => 2 + sent.Bytes.Length)).ToArray();
        Assert.InRange(sizes.Max(), 1300, 1400);
        Assert.All(node.Sent.GroupBy(static sent => sent.Packet), static packet => Assert.InRange(packet.Count(), 1, 127));
    }

    [Fact]
    public void S36_Wrappers_are_within_the_budget()
    {
        var node = new LoneNode(LoneNode.Quiet with { WrapperOverhead = 200 });
        for (var i = 0; i < 100; i++)
            node.Alive($"member-{i}", meta: new('x', i));
        node.Advance(5);
        Assert.InRange(node.Sent.GroupBy(static sent => sent.Packet).Max(static packet => 5 + 2 + packet.Sum(static sent => 2 + sent.Bytes.Length)), 1100, 1200);
    }

    [Fact]
    public void S37_Fewest_transmissions_first_then_longest_then_newest()
    {
        var queue = new BroadcastQueue(keepsOrder: false, static _ => { });
        queue.Add(1, "aaaa"u8);
        queue.Add(2, "bb"u8);
        queue.Add(3, "cccc"u8);
        Assert.Equal(["cccc", "aaaa"], Take(queue, 12));
        Assert.Equal(["bb", "cccc"], Take(queue, 12));
        Assert.Equal(["aaaa", "bb"], Take(queue, 12));
    }

    [Fact]
    public void S37_A_shorter_one_fills_the_room_that_is_left()
    {
        var queue = new BroadcastQueue(keepsOrder: false, static _ => { });
        queue.Add(1, "aaaaaaaa"u8);
        queue.Add(2, "bbbbbbb"u8);
        queue.Add(3, "c"u8);
        Assert.Equal(["aaaaaaaa", "c"], Take(queue, 15));
    }

    [Fact]
    public void S37_A_message_about_a_member_displaces_the_one_before()
    {
        List<long> done = [];
        var queue = new BroadcastQueue(keepsOrder: false, done.Add);
        queue.Add(1, "suspect"u8, token: 11);
        queue.Add(2, "other"u8, token: 12);
        queue.Add(1, "alive"u8, token: 13);
        Assert.Equal([11L], done);
        Assert.Equal(["alive", "other"], Take(queue, 100));
    }

    [Fact]
    public void S37_A_message_is_done_with_after_the_last_transmission_and_never_twice_in_a_packet()
    {
        List<long> done = [];
        var queue = new BroadcastQueue(keepsOrder: false, done.Add);
        queue.Add(1, "x"u8, token: 5);
        Assert.Equal(["x"], Take(queue, 100, limit: 3));
        Assert.Equal(["x"], Take(queue, 100, limit: 3));
        Assert.Empty(done);
        Assert.Equal(["x"], Take(queue, 100, limit: 3));
        Assert.Equal([5L], done);
        Assert.Equal(0, queue.Count);
        Assert.Empty(Take(queue, 100, limit: 3));
    }

    [Fact]
    public void S37_Pruning_drops_the_most_transmitted_then_the_shortest_then_the_oldest()
    {
        List<long> done = [];
        var queue = new BroadcastQueue(keepsOrder: false, done.Add);
        queue.Add(1, "often"u8, token: 1);
        Take(queue, 100);
        queue.Add(2, "old"u8, token: 2);
        queue.Add(3, "new"u8, token: 3);
        queue.Add(4, "longer"u8, token: 4);
        queue.Prune(1);
        Assert.Equal([1L, 2L, 3L], done);
    }

    [Fact]
    public void Messages_of_the_application_keep_their_order()
    {
        var queue = new BroadcastQueue(keepsOrder: true, static _ => { });
        queue.Add("first"u8);
        queue.Add("second, longer"u8);
        queue.Add("third"u8);
        Assert.Equal(["first", "second, longer", "third"], Take(queue, 100));
    }

    [Fact]
    public void A_storm_of_members_leaves_room_for_the_application()
    {
        var node = Cluster(3);
        node.Advance(10);
        for (var i = 0; i < 500; i++)
            node.Alive($"storm-{i}");
        var message = LoneNode.Bytes(new string('h', 250));
        node.Do((core, now) => core.Broadcast(message, now));
        Assert.Equal(message, node.AdvanceUntilSent("user", 0.4).Bytes[1..]);
    }

    [Fact]
    public void A_storm_of_the_application_leaves_room_for_members()
    {
        var node = Cluster(3);
        node.Advance(10);
        for (var i = 0; i < 500; i++)
            node.Do((core, now) => core.Broadcast(new byte[core.MaxUserMessageLength], now));
        node.Advance(1);
        node.Suspect("me", 1, "n1");
        node.AdvanceUntilSent("alive me 2", 0.4);
        node.Advance(1);
        var told = node.Sent.Where(static sent => sent.Text.StartsWith("alive me 2", StringComparison.Ordinal)).Select(static sent => sent.To).Distinct();
        Assert.Equal(3, told.Count());
        var sent = node.Sent.Where(sent => sent.At > node.Now - TimeSpan.FromSeconds(1)).ToArray();
        Assert.InRange(sent.Count(static message => message.Text.StartsWith("user", StringComparison.Ordinal)), 8, 15);
    }

    [Fact]
    public void A_message_too_long_for_a_packet_is_refused()
    {
        var node = Cluster(3);
        var longest = node.Core.MaxUserMessageLength;
        node.Do((core, now) => Assert.Equal(0, core.Broadcast(new byte[longest + 1], now)));
        node.Do((core, now) => Assert.False(core.Send(LoneNode.AddressOf("n1"), new byte[longest + 1], crc: false, now)));
        node.Do((core, now) => Assert.NotEqual(0, core.Broadcast(new byte[longest], now)));
        node.Advance(5);
        Assert.Contains(node.Sent, sent => sent.Bytes.Length == longest + 1);
    }

    [Fact]
    public void A_broadcast_says_when_it_is_done_with()
    {
        var node = Cluster(3);
        long token = 0;
        node.Do((core, now) => token = core.Broadcast("hello"u8, now));
        node.Advance(5);
        Assert.Equal(4, node.Sent.Count(static sent => sent.Text == "user hello"));
        Assert.Equal(token, Assert.Single(node.EventsOf(EventKind.Transmitted)).Token);
    }

    [Fact]
    public void The_queue_of_the_application_is_bounded()
    {
        var node = new LoneNode(LoneNode.Silent with { MaxQueuedMessages = 10 });
        for (var i = 0; i < 30; i++)
            node.Do((core, now) => core.Broadcast("x"u8, now));
        Assert.Equal(10, node.Core.UserQueueLength);
    }

    [Fact]
    public void A_message_of_the_application_is_told()
    {
        var node = Cluster(3);
        node.Receive([8, .. "hello"u8], LoneNode.AddressOf("n1"));
        node.Do(static (core, now) => core.ReceiveUserMessage("stream"u8, LoneNode.AddressOf("n1"), now));
        Assert.Equal(["hello", "stream"], node.Payloads);
    }

    [Fact]
    public void While_there_is_nothing_to_say_there_is_no_gossip_and_no_timer_for_it()
    {
        var node = new LoneNode();
        node.Do(static (core, now) => core.Leave(now));
        node.Advance(5);
        Assert.Empty(node.Sent);
    }

    private static List<string> Take(BroadcastQueue queue, int room, int limit = 10)
    {
        var effects = new Effects();
        effects.BeginPacket(LoneNode.AddressOf("x"), crc: false);
        queue.Take(effects, room, 127, limit);
        effects.EndPacket();
        List<string> taken = [];
        foreach (ref readonly var packet in effects.Packets)
        {
            foreach (var message in effects.MessagesOf(packet))
                taken.Add(System.Text.Encoding.UTF8.GetString(message));
        }

        return taken;
    }

    private static LoneNode Cluster(int others)
    {
        var node = new LoneNode();
        for (var i = 1; i <= others; i++)
        {
            node.Answering.Add($"n{i}");
            node.Alive($"n{i}");
        }

        return node;
    }
}
