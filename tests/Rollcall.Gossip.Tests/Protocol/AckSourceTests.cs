using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;

namespace Rollcall.Gossip.Tests.Protocol;

/// <summary>Whose acks count (weak point 8 of the reference), and what is told of a member that only half of the ways lead to (18).</summary>
public sealed class AckSourceTests
{
    private static readonly string[] Names = ["target", "a", "b", "c"];

    private readonly LoneNode _node = new();

    public AckSourceTests()
    {
        foreach (var name in Names)
            _node.Alive(name);
        _node.Answering.UnionWith(Names);
    }

    [Fact]
    public void Who_has_answered_from_its_address_is_not_vouched_for_by_strangers()
    {
        KnowAll();
        var ping = NextPing("target");
        _node.Ack(LoneNode.SeqNoOf(ping), "stranger");
        _node.Advance(1);
        Assert.Equal("Suspect@1", _node.StateOf("target"));
        Assert.Equal(LoneNode.AddressOf("stranger"), Assert.Single(_node.EventsOf(EventKind.Refused)).From);
    }

    [Fact]
    public void Nor_by_members_that_were_not_asked()
    {
        KnowAll();
        var ping = NextPing("target");
        _node.Ack(LoneNode.SeqNoOf(ping), "a");
        _node.Nack(LoneNode.SeqNoOf(ping), "a");
        Assert.Equal(2, _node.EventsOf(EventKind.Refused).Count());
    }

    [Fact]
    public void Who_was_asked_to_help_is_believed()
    {
        KnowAll();
        var ping = NextPing("target");
        _node.Advance(0.6);
        _node.Ack(LoneNode.SeqNoOf(ping), "b");
        _node.Advance(0.5);
        Assert.Equal("Alive@1", _node.StateOf("target"));
        Assert.Empty(_node.EventsOf(EventKind.Refused));
    }

    /// <summary>Behind a translation of addresses, or with several of its own.</summary>
    [Fact]
    public void Who_never_answered_from_its_address_may_answer_from_another()
    {
        _node.Answering.Remove("target");
        for (var round = 0; round < 5; round++)
            _node.Ack(LoneNode.SeqNoOf(NextPing("target")), "router");
        Assert.Empty(_node.EventsOf(EventKind.Refused));
        Assert.Empty(_node.EventsOf(EventKind.Suspected));
    }

    [Fact]
    public void Who_begins_to_answer_from_elsewhere_is_believed_when_it_answers_over_TCP()
    {
        KnowAll();
        var ping = NextPing("target");
        _node.Ack(LoneNode.SeqNoOf(ping), "other way");
        _node.Advance(0.6);
        _node.Do((core, now) => core.StreamPingEnded(LoneNode.SeqNoOf(ping), answered: true, now));
        _node.Advance(0.5);
        Assert.Equal("Alive@1", _node.StateOf("target"));
        Assert.Empty(_node.EventsOf(EventKind.DatagramsLost));

        for (var round = 0; round < 3; round++)
            _node.Ack(LoneNode.SeqNoOf(NextPing("target")), "other way");
        Assert.Single(_node.EventsOf(EventKind.Refused));
        Assert.Empty(_node.EventsOf(EventKind.Suspected));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_moves_or_comes_back_may_answer_from_another_address_again(bool moves)
    {
        KnowAll();
        _node.Dead("target", 1, "target");
        _node.Alive("target", 2, moves ? LoneNode.AddressOf("elsewhere") : null);
        _node.Ack(LoneNode.SeqNoOf(NextPing(moves ? "elsewhere" : "target")), "router");
        Assert.Empty(_node.EventsOf(EventKind.Refused));
    }

    [Fact]
    public void An_ack_is_passed_on_for_others_from_the_one_that_was_pinged()
    {
        KnowAll();
        _node.IndirectPing(77, "target", nack: true, "a");
        var ping = _node.Sent.Last(static sent => sent.Text.StartsWith("ping #", StringComparison.Ordinal));
        _node.Ack(LoneNode.SeqNoOf(ping), "stranger");
        Assert.DoesNotContain(_node.TextsTo("a"), static text => text.StartsWith("ack #", StringComparison.Ordinal));
        _node.Ack(LoneNode.SeqNoOf(ping), "target");
        Assert.Contains(_node.TextsTo("a"), static text => text.StartsWith("ack #", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_pings_over_TCP_nobody_is_held_to_an_address()
    {
        var node = new LoneNode(LoneNode.Quiet with { StreamPings = false });
        node.Alive("target");
        node.Ack(LoneNode.SeqNoOf(node.AdvanceUntilSent("ping #")), "target");
        node.Ack(LoneNode.SeqNoOf(node.AdvanceUntilSent("ping #")), "router");
        Assert.Empty(node.EventsOf(EventKind.Refused));
    }

    [Fact]
    public void A_member_that_answers_a_ping_after_an_exchange_with_it_has_failed_is_told_of()
    {
        _node.Do((core, now) => core.ExchangeFailed(_node["b"].Record, "it refused", now));
        Assert.Equal(LoneNode.AddressOf("b"), _node.AdvanceUntilSent("ping #").To);
        var told = Assert.Single(_node.EventsOf(EventKind.StreamsLost));
        Assert.Equal(("b", "it refused"), (told.Record!.Name, told.Reason));
        _node.Advance(30);
        Assert.Single(_node.EventsOf(EventKind.StreamsLost));
    }

    [Fact]
    public void One_that_has_died_is_not()
    {
        _node.Answering.Remove("target");
        _node.Do((core, now) => core.ExchangeFailed(_node["target"].Record, "it refused", now));
        _node.Advance(60);
        Assert.Empty(_node.EventsOf(EventKind.StreamsLost));
        _node.Do((core, now) => core.ExchangeFailed(new("nobody"u8, LoneNode.AddressOf("nobody"), default, ProtocolVersions.Default), "it refused", now));
    }

    private void KnowAll()
    {
        _node.AdvanceTo(LoneNode.Seconds(20));
        _node.Answering.Remove("target");
    }

    private Sent NextPing(string name)
    {
        while (true)
        {
            var ping = _node.AdvanceUntilSent("ping #");
            if (ping.To == LoneNode.AddressOf(name))
                return ping;
        }
    }
}
