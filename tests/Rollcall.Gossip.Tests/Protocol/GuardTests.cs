using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;

namespace Rollcall.Gossip.Tests.Protocol;

/// <summary>What memberlist leaves open and this protocol closes (section 11 of the reference).</summary>
public sealed class GuardTests
{
    private readonly LoneNode _node = new(LoneNode.Silent);

    [Theory]
    [InlineData(uint.MaxValue)]
    [InlineData(uint.MaxValue - 1)]
    [InlineData(uint.MaxValue - Membership.MaxJump + 1)]
    public void An_accusation_at_the_end_of_the_numbers_is_refused(uint incarnation)
    {
        _node.Suspect("me", incarnation, "other");
        _node.Dead("me", incarnation, "other");
        _node.Alive("me", incarnation, meta: "other");
        Assert.Equal("Alive@1", _node.StateOf("me"));
        Assert.Equal(3, _node.EventsOf(EventKind.Refused).Count());
    }

    [Theory]
    [InlineData(5 + Membership.MaxJump, true)]
    [InlineData(6 + Membership.MaxJump, false)]
    public void An_incarnation_far_ahead_is_not_believed(uint incarnation, bool believed)
    {
        _node.Alive("alive", 5);
        _node.Alive("suspect", 5);
        _node.Alive("dead", 5);
        _node.Alive("alive", incarnation);
        _node.Suspect("suspect", incarnation, "x");
        _node.Dead("dead", incarnation, "x");
        string[] expected = believed ? [$"Alive@{incarnation}", $"Suspect@{incarnation}", $"Dead@{incarnation}"] : ["Alive@5", "Alive@5", "Alive@5"];
        Assert.Equal(expected, new[] { "alive", "suspect", "dead" }.Select(_node.StateOf));
    }

    [Fact]
    public void A_flapping_member_gets_more_time()
    {
        for (var i = 0; i < 9; i++)
            _node.Alive($"n{i}");
        _node.Answering.UnionWith(Enumerable.Range(1, 8).Select(static i => $"n{i}"));
        for (uint i = 1; i < 6; i++)
        {
            _node.Suspect("n0", i, "n1");
            _node.Suspect("n0", i, "n2");
            _node.Alive("n0", i + 1);
        }

        Assert.Single(_node.EventsOf(EventKind.Flapping));
        foreach (var accuser in new[] { "n1", "n2", "n3" })
            _node.Suspect("n0", 6, accuser);
        _node.AdvanceTo(TimeSpan.FromSeconds(15.9));
        Assert.Equal("Suspect@6", _node.StateOf("n0"));
        _node.AdvanceTo(TimeSpan.FromSeconds(16));
        Assert.Equal("Dead@6", _node.StateOf("n0"));
    }

    [Fact]
    public void A_node_that_hears_nothing_at_all_doubts_itself_before_it_accuses()
    {
        var node = new LoneNode();
        foreach (var name in new[] { "a", "b", "c", "d" })
            node.Alive(name);
        node.AdvanceUntilSent("ping #");
        node.Advance(1.1);
        Assert.Single(node.EventsOf(EventKind.Doubted));
        Assert.Empty(node.EventsOf(EventKind.Suspected));
        Assert.Equal(3, node.Core.HealthScore);
        // They may have died at once, though: it does not doubt for ever.
        node.Advance(20);
        Assert.NotEmpty(node.EventsOf(EventKind.Suspected));
        node.Advance(120);
        Assert.Equal(1, node.Core.LiveCount);
    }

    /// <summary>Agents send theirs when their own time for the ping is over, which is when the round is over that it was for.</summary>
    [Fact]
    public void Nacks_that_come_just_after_the_round_are_no_silence()
    {
        var node = new LoneNode();
        foreach (var name in new[] { "a", "b", "c", "d" })
            node.Alive(name);
        var ping = node.AdvanceUntilSent("ping #");
        node.Advance(1.05);
        Assert.Empty(node.EventsOf(EventKind.Suspected));
        foreach (var asked in new[] { "a", "b", "c", "d" }.Where(name => ping.To != LoneNode.AddressOf(name)))
            node.Nack(LoneNode.SeqNoOf(ping), asked);
        Assert.Single(node.EventsOf(EventKind.Suspected));
        Assert.Empty(node.EventsOf(EventKind.Doubted));
        Assert.Equal(0, node.Core.HealthScore);
    }

    [Fact]
    public void A_node_that_was_not_run_blames_itself_and_gives_the_suspects_their_time()
    {
        for (var i = 0; i < 9; i++)
            _node.Alive($"n{i}");
        _node.Answering.UnionWith(Enumerable.Range(1, 8).Select(static i => $"n{i}"));
        foreach (var accuser in new[] { "n1", "n2", "n3" })
            _node.Suspect("n0", 1, accuser);
        var due = _node.Core.NextDeadline;
        _node.Do((core, _) => core.Advance(due + TimeSpan.FromSeconds(60).Ticks));
        var paused = Assert.Single(_node.EventsOf(EventKind.Paused));
        Assert.Equal(TimeSpan.FromSeconds(60).Ticks, paused.Elapsed);
        _node.AdvanceTo(TimeSpan.FromSeconds(63.9));
        Assert.Equal("Suspect@1", _node.StateOf("n0"));
        _node.AdvanceTo(TimeSpan.FromSeconds(64));
        Assert.Equal("Dead@1", _node.StateOf("n0"));
    }

    [Fact]
    public void A_confirmation_after_a_pause_does_not_count_the_pause()
    {
        for (var i = 0; i < 9; i++)
            _node.Alive($"n{i}");
        _node.Answering.UnionWith(Enumerable.Range(0, 9).Select(static i => $"n{i}"));
        _node.Suspect("n0", 1, "n1");
        _node.Do((core, _) => core.Advance(core.NextDeadline + TimeSpan.FromSeconds(60).Ticks));
        _node.AdvanceTo(TimeSpan.FromSeconds(62));
        _node.Suspect("n0", 1, "n2");
        _node.AdvanceTo(TimeSpan.FromSeconds(71));
        Assert.Equal("Suspect@1", _node.StateOf("n0"));
        _node.AdvanceTo(TimeSpan.FromSeconds(71.5));
        Assert.Equal("Dead@1", _node.StateOf("n0"));
    }

    [Fact]
    public void Being_paused_counts_against_this_nodes_health()
    {
        _node.Do((core, _) => core.Advance(core.NextDeadline + TimeSpan.FromSeconds(0.6).Ticks));
        Assert.Equal(1, _node.Core.HealthScore);
    }

    [Fact]
    public void A_pause_counts_once_however_much_came_meanwhile()
    {
        _node.Alive("other");
        foreach (var name in new[] { "a", "b", "c", "d", "e", "f", "g", "h" })
            _node.Alive(name);
        _node.Suspect("other", 1, "a");
        var end = TimeSpan.FromSeconds(24);
        var pause = TimeSpan.FromSeconds(5);
        _node.Do((core, _) =>
        {
            var late = core.NextDeadline + pause.Ticks;
            for (var i = 0; i < 10; i++)
                core.Receive([], LoneNode.AddressOf("a"), late + i);
        });
        Assert.Single(_node.EventsOf(EventKind.Paused));
        Assert.Equal(1, _node.Core.HealthScore);
        _node.Answering.UnionWith(["other", "a", "b", "c", "d", "e", "f", "g", "h"]);
        _node.AdvanceTo(end + pause - TimeSpan.FromSeconds(0.1));
        Assert.Equal("Suspect@1", _node.StateOf("other"));
        _node.AdvanceTo(end + pause + TimeSpan.FromSeconds(0.1));
        Assert.Equal("Dead@1", _node.StateOf("other"));
    }

    [Theory]
    [InlineData(3, "none")]
    [InlineData(4, "Alive@4")]
    public void An_old_rumour_does_not_bring_back_one_that_is_forgotten_but_asks_it(uint incarnation, string expected)
    {
        Forgotten("gone", 3);
        _node.Alive("gone", incarnation);
        Assert.Equal(expected, _node.StateOf("gone"));
        Assert.Equal(expected == "none" ? ["dead gone 3 from me"] : [], _node.TextsTo("gone").Where(static text => text.StartsWith("dead", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(false, "dead other 5 from me")]
    [InlineData(true, "dead other 5 from other")]
    public void One_that_has_begun_anew_is_told_how_far_it_had_counted(bool hadLeft, string told)
    {
        _node.Alive("other", 5);
        _node.Dead("other", 5, hadLeft ? "other" : "x");
        _node.Alive("other", 1);
        Assert.Equal([told], _node.TextsTo("other"));
    }

    [Fact]
    public void Whose_name_is_claimed_elsewhere_in_a_later_incarnation_is_probed_next()
    {
        var node = new LoneNode();
        for (var i = 0; i < 30; i++)
        {
            node.Alive($"n{i}");
            node.Answering.Add($"n{i}");
        }

        foreach (var name in new[] { "n7", "n3", "n21" })
        {
            node.Alive(name, 2, address: LoneNode.AddressOf("elsewhere"));
            Assert.Equal(LoneNode.AddressOf(name), node.AdvanceUntilSent("ping #").To);
        }
    }

    [Fact]
    public void Questions_are_no_flood()
    {
        for (var i = 0; i < 100; i++)
        {
            _node.Alive($"n{i}", 5);
            _node.Dead($"n{i}", 5, $"n{i}");
            _node.Alive($"n{i}", 1);
        }

        Assert.Equal(Refutation.QuestionsPerInterval, _node.Sent.Count);
    }

    [Fact]
    public void Members_are_bounded()
    {
        var node = new LoneNode(LoneNode.Silent with { MaxMembers = 10 });
        for (var i = 0; i < 20; i++)
            node.Alive($"n{i}");
        Assert.Equal(10, node.Core.MemberCount);
    }

    [Fact]
    public void Pings_for_others_are_bounded()
    {
        _node.Alive("asker");
        _node.Alive("target");
        for (uint i = 0; i < 2000; i++)
            _node.IndirectPing(i, "target", nack: true, "asker");
        Assert.Equal(Relays.Max, _node.Sent.Count(static sent => sent.Text.StartsWith("ping #", StringComparison.Ordinal)));
    }

    [Fact]
    public void Names_and_addresses_that_are_none_are_refused()
    {
        _node.Alive("");
        _node.Alive("nowhere", address: default(NodeAddress));
        _node.Alive("zero", 0);
        Assert.Equal(1, _node.Core.MemberCount);
    }

    [Fact]
    public void No_message_makes_it_throw()
    {
        var random = new Random(5);
        var message = new byte[64];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(message);
            message[0] = (byte)random.Next(16);
            _node.Receive(message.AsSpan(0, random.Next(message.Length)), LoneNode.AddressOf("x"));
        }

        Assert.Equal(1, _node.Core.MemberCount);
    }

    [Fact]
    public void A_ping_is_answered_without_an_allocation()
    {
        _node.Alive("other");
        _node.Answering.Add("other");
        _node.Advance(30);
        var core = _node.Core;
        var from = LoneNode.AddressOf("other");
        var message = new byte[128];
        var length = Rollcall.Gossip.Wire.MessageCodec.Write(message, new Ping(5, "me"u8, from, "other"u8));
        // The least of several: what the runtime does meanwhile to the code itself is not the ping's.
        var least = long.MaxValue;
        for (var i = 0; i < 10; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Run(500);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);

        void Run(int times)
        {
            for (var i = 0; i < times; i++)
            {
                core.Receive(message.AsSpan(0, length), from, _node.Now.Ticks);
                if (core.Effects.Packets.Length != 1)
                    throw new InvalidOperationException("No ack.");
                core.Effects.Clear();
            }
        }
    }

    private void Forgotten(string name, uint incarnation)
    {
        _node.Answering.Add("other");
        _node.Alive("other");
        _node.Alive(name, incarnation);
        _node.Dead(name, incarnation, "other");
        _node.Advance(40);
        Assert.Equal("none", _node.StateOf(name));
    }
}
