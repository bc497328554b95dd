using Rollcall.Gossip.Protocol;

namespace Rollcall.Gossip.Tests.Protocol;

/// <summary>Who accuses many is believed less and less.</summary>
public sealed class AccuserCreditTests
{
    private readonly LoneNode _node = new(LoneNode.Silent);

    [Fact]
    public void A_member_that_declares_all_others_dead_is_believed_as_often_as_one_that_suspects_them()
    {
        var node = new LoneNode();
        for (var i = 0; i < 20; i++)
            node.Alive($"n{i}");
        node.Alive("evil");
        for (var i = 0; i < 20; i++)
            node.Dead($"n{i}", 1, "evil");
        Assert.Equal(AccuserCredit.Points, node.EventsOf(EventKind.Failed).Count());
        Assert.Equal(20 - AccuserCredit.Points, node.Core.SuspectCount);
        Assert.Equal(["suspect n9 1 from evil"], node.TextsTo("n9"));
        for (var i = AccuserCredit.Points; i < 20; i++)
            node.Dead($"n{i}", 1, "evil");
        Assert.Equal(AccuserCredit.Points, node.EventsOf(EventKind.Failed).Count());
    }

    [Fact]
    public void Who_declares_dead_whom_it_suspected_gets_no_credit_back_for_it()
    {
        for (var i = 0; i < 20; i++)
            _node.Alive($"n{i}");
        _node.Alive("evil");
        for (var i = 0; i < 20; i++)
        {
            _node.Suspect($"n{i}", 1, "evil");
            _node.Dead($"n{i}", 1, "evil");
        }

        Assert.InRange(_node.EventsOf(EventKind.Failed).Count(), 1, AccuserCredit.Points);
    }

    [Fact]
    public void Only_live_members_other_than_the_suspect_confirm_a_suspicion()
    {
        for (var i = 0; i < 10; i++)
            _node.Alive($"n{i}");
        _node.Answering.UnionWith(Enumerable.Range(0, 10).Select(static i => $"n{i}"));
        _node.Dead("n9", 1, "n9");
        foreach (var accuser in new[] { "n1", "made-up", "n0", "n9", "nobody", "other" })
            _node.Suspect("n0", 1, accuser);
        _node.Advance(20);
        Assert.Equal("Suspect@1", _node.StateOf("n0"));
    }

    [Fact]
    public void An_accuser_that_is_refuted_again_and_again_is_no_longer_believed()
    {
        for (var i = 0; i < 20; i++)
            _node.Alive($"n{i}");
        _node.Alive("sick");
        _node.Alive("well");
        for (var i = 0; i < 20; i++)
        {
            _node.Suspect($"n{i}", 1, "sick");
            _node.Alive($"n{i}", 2);
        }

        Assert.Equal(AccuserCredit.Points, _node.EventsOf(EventKind.Suspected).Count());
        Assert.Equal(20 - AccuserCredit.Points, _node.EventsOf(EventKind.AccuserDoubted).Count());
        _node.Suspect("n1", 2, "well");
        Assert.Equal("Suspect@2", _node.StateOf("n1"));
        _node.Dead("n2", 2, "sick");
        Assert.Equal("Suspect@2", _node.StateOf("n2"));
        _node.Dead("n3", 2, "n3");
        Assert.Equal("Left@2", _node.StateOf("n3"));
    }

    [Fact]
    public void An_accusation_that_is_not_believed_is_told_to_the_accused_alone()
    {
        var node = new LoneNode();
        for (var i = 0; i < 20; i++)
            node.Alive($"n{i}");
        for (var i = 0; i <= AccuserCredit.Points; i++)
            node.Suspect($"n{i}", 1, "sick");
        var told = node.Sent.Single(static sent => sent.Text.StartsWith("suspect", StringComparison.Ordinal));
        Assert.Equal((LoneNode.AddressOf("n8"), "suspect n8 1 from sick"), (told.To, told.Text));
    }

    [Fact]
    public void Credit_comes_back_with_time()
    {
        for (var i = 0; i < 20; i++)
            _node.Alive($"n{i}");
        for (var i = 0; i < 10; i++)
            _node.Suspect($"n{i}", 1, "sick");
        Assert.Equal("Alive@1", _node.StateOf("n9"));
        _node.Answering.UnionWith(Enumerable.Range(0, 20).Select(static i => $"n{i}"));
        _node.Advance(31);
        _node.Suspect("n19", 1, "sick");
        Assert.Equal("Suspect@1", _node.StateOf("n19"));
    }

    [Fact]
    public void An_accuser_that_others_confirm_does_not_run_out()
    {
        for (var i = 0; i < 30; i++)
            _node.Alive($"n{i}");
        for (var i = 0; i < 29; i++)
        {
            _node.Suspect($"n{i}", 1, "right");
            _node.Suspect($"n{i}", 1, "n29");
        }

        Assert.Equal("Suspect@1", _node.StateOf("n28"));
    }
}
