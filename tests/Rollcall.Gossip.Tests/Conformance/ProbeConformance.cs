using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Tests.Protocol;

namespace Rollcall.Gossip.Tests.Conformance;

/// <summary>Statements 15 to 17, 25, 34 and 35: pings, who answers them, and what a round of probing does when. Probes are once a second, the ack is waited for half a second.</summary>
public sealed class ProbeConformance
{
    private static readonly NodeAddress Port2 = LoneNode.AddressOf("other", 2000);

    [Fact]
    public void S15_A_ping_with_a_source_is_answered_there()
    {
        var node = Known("other");
        node.Ping(7, "me", LoneNode.AddressOf("other"), "other", from: LoneNode.AddressOf("relay"));
        Assert.Equal([LoneNode.AddressOf("other")], Acks(node));
        node.Ping(8, "me", Port2, "", from: LoneNode.AddressOf("other"));
        Assert.Equal(Port2, Acks(node)[^1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("me")]
    public void S15_A_ping_without_a_source_is_answered_where_it_came_from(string target)
    {
        var node = Known();
        node.Ping(7, target, default, "", from: LoneNode.AddressOf("stranger", 999));
        Assert.Equal([LoneNode.AddressOf("stranger", 999)], Acks(node));
    }

    [Fact]
    public void S15_A_ping_for_another_name_is_not_answered()
    {
        var node = Known("other");
        node.Ping(7, "notme", LoneNode.AddressOf("other"), "other", from: LoneNode.AddressOf("other"));
        Assert.Empty(Acks(node));
        Assert.Single(node.EventsOf(EventKind.Misdirected));
    }

    [Fact]
    public void A_stranger_cannot_have_somebody_else_answered()
    {
        var node = Known("other");
        node.Ping(7, "me", LoneNode.AddressOf("victim"), "other", from: LoneNode.AddressOf("stranger"));
        Assert.Equal([LoneNode.AddressOf("stranger")], Acks(node));
    }

    [Fact]
    public void S16_An_ack_has_the_number_of_the_ping_and_no_payload_without_an_application()
    {
        var node = Known("other");
        node.Ping(5, "me", LoneNode.AddressOf("other"), "other", from: LoneNode.AddressOf("other"));
        var ack = node.Sent.First(static sent => sent.Text.StartsWith("ack", StringComparison.Ordinal));
        Assert.Equal(Captures.Ack, ack.Bytes);
        Assert.False(ack.Crc);
    }

    [Fact]
    public void S17_An_indirect_ping_is_passed_on_under_another_number_and_its_ack_under_the_first()
    {
        var node = Known("asker", "target");
        node.IndirectPing(77, "target", nack: true, "asker");
        var ping = node.Sent.Single(static sent => sent.Text.StartsWith("ping #", StringComparison.Ordinal));
        Assert.Equal((LoneNode.AddressOf("target"), true), (ping.To, LoneNode.SeqNoOf(ping) != 77));
        Assert.True(Rollcall.Gossip.Wire.MessageCodec.TryRead(ping.Bytes.AsSpan(1), out Ping read, out _));
        Assert.True(read.Source == LoneNode.AddressOf("me") && read.SourceNode.SequenceEqual("me"u8));

        node.Advance(0.3);
        node.Ack(LoneNode.SeqNoOf(ping), "target");
        var ack = node.Sent.Single(static sent => sent.Text.StartsWith("ack", StringComparison.Ordinal));
        Assert.Equal(LoneNode.AddressOf("asker"), ack.To);
        Assert.True(Rollcall.Gossip.Wire.MessageCodec.TryRead(ack.Bytes.AsSpan(1), out Ack passed, out _));
        Assert.Equal((77u, 0), (passed.SeqNo, passed.Payload.Length));
        node.Advance(2);
        Assert.DoesNotContain(node.Sent, static sent => sent.Text.StartsWith("nack", StringComparison.Ordinal));
    }

    // After 80 % of the timeout, where memberlist waits for all of it: whoever asked then has it before its round is over (Relays.NackPercent).
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void S17_Without_an_answer_there_is_a_nack_where_one_is_wanted(bool wanted)
    {
        var node = Known("asker", "target");
        node.Answering.Remove("target");
        node.IndirectPing(77, "target", wanted, "asker");
        var asked = node.Now;
        node.Advance(3);
        var nacks = node.Sent.Where(static sent => sent.Text.StartsWith("nack", StringComparison.Ordinal)).ToArray();
        Assert.Equal(wanted ? 1 : 0, nacks.Length);
        Assert.All(nacks, nack => Assert.Equal((asked + TimeSpan.FromMilliseconds(400), LoneNode.AddressOf("asker")), (nack.At, nack.To)));
    }

    [Theory]
    [InlineData(0.45, true)]
    [InlineData(0.55, false)]
    public void S17_An_ack_is_passed_on_after_the_nack_and_until_the_timeout(double after, bool isPassedOn)
    {
        var node = Known("asker", "target");
        node.Answering.Remove("target");
        node.IndirectPing(77, "target", nack: true, "asker");
        var ping = node.Sent.Last(static sent => sent.Text.StartsWith("ping #", StringComparison.Ordinal));
        node.Advance(after);
        node.Ack(LoneNode.SeqNoOf(ping), "target");
        Assert.Contains(node.Sent, static sent => sent.Text.StartsWith("nack", StringComparison.Ordinal));
        Assert.Equal(isPassedOn, node.TextsTo("asker").Any(static text => text.StartsWith("ack", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("stranger", "victim")]
    [InlineData("stranger", "other")]
    [InlineData("other", "victim")]
    public void Pings_are_asked_for_by_members_and_for_members(string asker, string target)
    {
        var node = Known("other");
        node.IndirectPing(77, target, nack: true, asker);
        Assert.DoesNotContain(node.Sent, static sent => sent.Text.StartsWith("ping #", StringComparison.Ordinal));
        // A member that knows more than this node is not left to think itself deaf.
        Assert.Equal(asker == "other" ? 1 : 0, node.TextsTo(asker).Count(static text => text.StartsWith("nack", StringComparison.Ordinal)));
    }

    [Fact]
    public void S35_A_round_without_any_answer_is_the_timeline_of_6_3()
    {
        var node = Prober();
        var ping = node.AdvanceUntilSent("ping #");
        var target = NameOf(node, ping.To);
        var began = node.Now;
        node.AdvanceTo(began + TimeSpan.FromMilliseconds(499));
        Assert.DoesNotContain(node.Sent, static sent => sent.Text.StartsWith("ping-for", StringComparison.Ordinal));
        node.AdvanceTo(began + TimeSpan.FromMilliseconds(500));
        var asked = node.Sent.Where(static sent => sent.Text.StartsWith("ping-for", StringComparison.Ordinal)).ToArray();
        Assert.Equal(3, asked.Length);
        Assert.All(asked, sent => Assert.Equal((LoneNode.SeqNoOf(ping), true), (LoneNode.SeqNoOf(sent), sent.To != ping.To)));
        Assert.Equal(3, asked.Select(static sent => sent.To).Distinct().Count());
        var stream = Assert.Single(node.StreamPings);
        Assert.Equal((target, LoneNode.SeqNoOf(ping), (began + TimeSpan.FromSeconds(1)).Ticks), (stream.Target.Name, stream.SeqNo, stream.Deadline));

        foreach (var sent in asked)
            node.Nack(LoneNode.SeqNoOf(ping), NameOf(node, sent.To));
        node.AdvanceTo(began + TimeSpan.FromMilliseconds(999));
        Assert.Equal("Alive@1", node.StateOf(target));
        node.AdvanceTo(began + TimeSpan.FromSeconds(1));
        Assert.Equal("Suspect@1", node.StateOf(target));
        Assert.Equal(0, node.Core.HealthScore);
        // The next round begins with the tick that was missed.
        Assert.Equal(began + TimeSpan.FromSeconds(1), node.Sent.Last(static sent => sent.Text.StartsWith("ping #", StringComparison.Ordinal)).At);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(2, 1)]
    [InlineData(1, 2)]
    public void S35_Missing_nacks_count_against_this_node(int nacks, int score)
    {
        var node = Prober();
        var ping = node.AdvanceUntilSent("ping #");
        node.Advance(0.5);
        for (var count = 0; count < nacks; count++)
            node.Nack(LoneNode.SeqNoOf(ping), "a");
        node.Advance(0.5);
        Assert.Equal(score, node.Core.HealthScore);
    }

    [Fact]
    public void S35_The_round_grows_with_the_score_and_the_timeout_does_not()
    {
        var node = Prober();
        node.Suspect("me", 1, "a");
        node.Suspect("me", 2, "a");
        var ping = node.AdvanceUntilSent("ping #");
        var target = NameOf(node, ping.To);
        Assert.Equal(2, node.Core.HealthScore);
        node.Advance(0.5);
        Assert.Equal(3, node.Sent.Count(static sent => sent.Text.StartsWith("ping-for", StringComparison.Ordinal)));
        node.Nack(LoneNode.SeqNoOf(ping), "a");
        node.AdvanceTo(ping.At + TimeSpan.FromSeconds(2.999));
        Assert.Equal("Alive@1", node.StateOf(target));
        node.AdvanceTo(ping.At + TimeSpan.FromSeconds(3));
        Assert.Equal("Suspect@1", node.StateOf(target));
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.7)]
    public void S35_An_ack_in_time_ends_the_round_and_betters_the_score(double after)
    {
        var node = Prober();
        node.Suspect("me", 1, "a");
        var ping = node.AdvanceUntilSent("ping #");
        node.Advance(after);
        node.Ack(LoneNode.SeqNoOf(ping), NameOf(node, ping.To));
        Assert.Equal(0, node.Core.HealthScore);
        var answered = Assert.Single(node.EventsOf(EventKind.ProbeAnswered));
        Assert.Equal(after < 0.5 ? TimeSpan.FromSeconds(after).Ticks : 0, answered.Elapsed);
        node.Advance(1.4 - after);
        Assert.All(node.Answering.Append(NameOf(node, ping.To)), name => Assert.Equal("Alive@1", node.StateOf(name)));
    }

    [Fact]
    public void S35_An_answer_over_TCP_keeps_the_member_alive()
    {
        var node = Prober();
        node.Suspect("me", 1, "a");
        var ping = node.AdvanceUntilSent("ping #");
        node.Advance(0.5);
        node.Do((core, now) => core.StreamPingEnded(LoneNode.SeqNoOf(ping), answered: true, now));
        node.Advance(1.5);
        Assert.Equal(("Alive@1", 0), (node.StateOf(NameOf(node, ping.To)), node.Core.HealthScore));
        Assert.Single(node.EventsOf(EventKind.DatagramsLost));
    }

    [Fact]
    public void S35_An_ack_of_another_number_is_nothing()
    {
        var node = Prober();
        var ping = node.AdvanceUntilSent("ping #");
        node.Ack(LoneNode.SeqNoOf(ping) + 1, NameOf(node, ping.To));
        node.Nack(LoneNode.SeqNoOf(ping), "a");
        node.Advance(1);
        Assert.Equal("Suspect@1", node.StateOf(NameOf(node, ping.To)));
    }

    [Fact]
    public void A_ping_that_cannot_be_sent_has_others_asked_at_once()
    {
        var node = Prober();
        var ping = node.AdvanceUntilSent("ping #");
        node.Do((core, now) => core.SendFailed(ping.To, now));
        Assert.Equal(3, node.Sent.Count(sent => sent.At == ping.At && sent.Text.StartsWith("ping-for", StringComparison.Ordinal)));
        node.Nack(LoneNode.SeqNoOf(ping), "a");
        node.Advance(1);
        Assert.Equal("Suspect@1", node.StateOf(NameOf(node, ping.To)));
    }

    [Fact]
    public void S35_A_suspect_is_told_with_the_ping()
    {
        var node = Known("other");
        node.Advance(1.5);
        node.Answering.Clear();
        node.Suspect("other", 1, "third");
        var ping = node.AdvanceUntilSent("ping #");
        var together = node.Sent.Where(sent => sent.Packet == ping.Packet).ToArray();
        Assert.Equal(2, together.Length);
        Assert.Equal(("suspect other 1 from me", true), (together[1].Text, ping.Crc));
    }

    [Theory]
    [InlineData(5, true, true, true)]
    [InlineData(4, false, true, true)]
    [InlineData(3, false, false, true)]
    [InlineData(2, false, false, false)]
    public void S25_What_a_peer_is_sent_depends_on_its_versions(byte max, bool crc, bool nack, bool stream)
    {
        var node = new LoneNode();
        ProtocolVersions versions = new(1, max, 2, 2, 5, 5);
        node.Alive("a", versions: versions);
        node.Alive("b", versions: versions);
        node.AdvanceUntilSent("ping #");
        node.Advance(0.5);
        var indirect = node.Sent.First(static sent => sent.Text.StartsWith("ping-for", StringComparison.Ordinal));
        Assert.Equal(nack, indirect.Text.EndsWith("or nack", StringComparison.Ordinal));
        Assert.Equal(stream, node.StreamPings.Count == 1);
        Assert.Equal(crc, node.Sent.Any(static sent => sent.Crc));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(30)]
    public void S34_Each_pass_probes_every_live_member_once_in_another_order(int others)
    {
        var names = Enumerable.Range(0, others).Select(static i => $"n{i}").ToArray();
        var node = Known(names);
        for (var i = 0; i < 5; i++)
        {
            node.Alive($"dead{i}");
            node.Dead($"dead{i}", 1, "n0");
        }

        var passes = new List<string>();
        for (var pass = 0; pass < 4; pass++)
        {
            var before = node.Sent.Count;
            node.Advance(others);
            var probed = node.Sent.Skip(before).Where(static sent => sent.Text.StartsWith("ping #", StringComparison.Ordinal)).Select(sent => NameOf(node, sent.To)).ToArray();
            Assert.Equal(others, probed.Length);
            passes.Add(string.Join(' ', probed));
        }

        Assert.All(passes, pass => Assert.Equal(names.Order(StringComparer.Ordinal), pass.Split(' ').Order(StringComparer.Ordinal)));
        if (others == 30)
            Assert.Equal(4, passes.Distinct(StringComparer.Ordinal).Count());
    }

    /// <summary>Weak point 8 of the reference: a counter from 1 can be guessed, and with it an ack.</summary>
    [Fact]
    public void The_number_of_a_probe_cannot_be_guessed_from_the_one_before()
    {
        var node = Known("a", "b", "c");
        node.Advance(100);
        var numbers = node.Sent.Where(static sent => sent.Text.StartsWith("ping #", StringComparison.Ordinal)).Select(LoneNode.SeqNoOf).ToArray();
        Assert.InRange(numbers.Length, 90, 110);
        Assert.InRange(numbers.Select(static number => number >> 28).Distinct().Count(), 12, 16);
        Assert.DoesNotContain(numbers.Zip(numbers.Skip(1)), static pair => pair.Second - pair.First < 1000);
    }

    [Fact]
    public void S34_A_newcomer_enters_at_a_random_place()
    {
        var places = Enumerable.Range(0, 20).Select(static seed =>
        {
            var node = new LoneNode(seed: seed);
            for (var i = 0; i < 30; i++)
                node.Alive($"n{i}");
            node.Alive("last");
            List<MemberView> members = [];
            node.Core.CopyMembers(members);
            return members.FindIndex(static member => member.Record.Name == "last");
        });
        Assert.InRange(places.Distinct().Count(), 10, 20);
    }

    private static LoneNode Known(params string[] others)
    {
        var node = new LoneNode();
        foreach (var other in others)
        {
            node.Answering.Add(other);
            node.Alive(other);
        }

        return node;
    }

    private static LoneNode Prober()
    {
        var node = new LoneNode();
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
            node.Alive(name);
        return node;
    }

    private static string NameOf(LoneNode node, NodeAddress address)
    {
        List<MemberView> members = [];
        node.Core.CopyMembers(members);
        return members.Single(member => member.Record.Address == address).Record.Name;
    }

    private static NodeAddress[] Acks(LoneNode node) => [.. node.Sent.Where(static sent => sent.Text.StartsWith("ack", StringComparison.Ordinal)).Select(static sent => sent.To)];
}
