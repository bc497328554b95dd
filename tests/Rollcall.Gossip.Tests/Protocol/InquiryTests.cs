using Rollcall.Gossip.Protocol;

namespace Rollcall.Gossip.Tests.Protocol;

/// <summary>What is done about numbers that run so far ahead that somebody may have made them up.</summary>
public sealed class InquiryTests
{
    private readonly LoneNode _node = new(LoneNode.Silent);

    [Theory]
    [InlineData(uint.MaxValue - 1)]
    [InlineData(uint.MaxValue - Membership.MaxJump + 1)]
    [InlineData(6 + Membership.MaxJump)]
    public void What_is_too_far_ahead_to_be_a_rumour_is_asked_of_the_member_itself_now_and_then(uint incarnation)
    {
        _node.Alive("other", 5);
        _node.Suspect("other", incarnation, "x");
        _node.Alive("other", incarnation);
        Assert.Equal(("other", false), (_node.Exchanges.Single().Partner.Name, _node.Exchanges[0].Join));
        _node.Answering.Add("other");
        _node.Advance(3.9);
        _node.Dead("other", incarnation, "x");
        Assert.Single(_node.Exchanges);
        _node.Advance(0.2);
        _node.Dead("other", incarnation, "x");
        Assert.Equal(2, _node.Exchanges.Count);
        Assert.Equal("Alive@5", _node.StateOf("other"));
    }

    [Theory]
    [InlineData("believer", "believer")]
    [InlineData("stranger", null)]
    public void An_accusation_of_this_node_that_is_far_ahead_is_not_counted_past_but_looked_into(string accuser, string? asked)
    {
        foreach (var name in new[] { "a", "b", "believer", "c" })
            _node.Alive(name);
        _node.Suspect("me", 2 + Refutation.MaxStep, accuser);
        Assert.Equal("Alive@1", _node.StateOf("me"));
        var exchange = Assert.Single(_node.Exchanges);
        Assert.Equal(asked ?? exchange.Partner.Name, exchange.Partner.Name);
        _node.Suspect("me", 1 + Refutation.MaxStep, accuser);
        Assert.Equal($"Alive@{2 + Refutation.MaxStep}", _node.StateOf("me"));
    }

    [Fact]
    public void An_old_accusation_of_this_node_is_answered_with_what_it_says_of_itself_and_not_over_and_over()
    {
        var node = new LoneNode();
        node.Answering.Add("other");
        node.Alive("other");
        node.Suspect("me", 4, "other");
        node.Advance(10);
        var before = Alive();
        for (var i = 0; i < 3; i++)
        {
            node.Suspect("me", 2, "other");
            node.Advance(0.05);
        }

        node.Advance(5);
        Assert.Equal(before * 2, Alive());
        Assert.Equal("Alive@5", node.StateOf("me"));

        int Alive() => node.Sent.Count(static sent => sent.Text.StartsWith("alive me 5 ", StringComparison.Ordinal));
    }
}
