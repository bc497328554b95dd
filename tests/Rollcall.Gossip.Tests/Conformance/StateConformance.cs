using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Tests.Protocol;

namespace Rollcall.Gossip.Tests.Conformance;

/// <summary>Statements 23 to 29 and 32: the rows of 5.2 to 5.5. A member is known in incarnation 5.</summary>
public sealed class StateConformance
{
    private static readonly NodeAddress Elsewhere = NodeAddress.From([10, 9, 9, 9], 7946);

    private readonly LoneNode _node = new(LoneNode.Silent);

    [Theory]
    [InlineData("Alive", 4, "Alive@5")]
    [InlineData("Alive", 5, "Alive@5")]
    [InlineData("Alive", 6, "Alive@6")]
    [InlineData("Suspect", 4, "Suspect@5")]
    [InlineData("Suspect", 5, "Suspect@5")]
    [InlineData("Suspect", 6, "Alive@6")]
    [InlineData("Dead", 4, "Dead@5")]
    [InlineData("Dead", 5, "Dead@5")]
    [InlineData("Dead", 6, "Alive@6")]
    [InlineData("Left", 4, "Left@5")]
    [InlineData("Left", 5, "Left@5")]
    [InlineData("Left", 6, "Alive@6")]
    public void S26_Alive_about_another_at_its_address(string state, uint incarnation, string expected)
    {
        Given("other", state);
        _node.Alive("other", incarnation);
        Assert.Equal(expected, _node.StateOf("other"));
    }

    [Theory]
    [InlineData("Alive", 4, "Alive@5", true)]
    [InlineData("Alive", 6, "Alive@5", true)]
    [InlineData("Suspect", 6, "Suspect@5", true)]
    [InlineData("Dead", 6, "Dead@5", true)]
    [InlineData("Left", 1, "Alive@1", false)]
    [InlineData("Left", 5, "Alive@5", false)]
    [InlineData("Left", 6, "Alive@6", false)]
    public void S26_S29_Alive_about_another_elsewhere(string state, uint incarnation, string expected, bool isConflict)
    {
        Given("other", state);
        _node.Alive("other", incarnation, Elsewhere);
        Assert.Equal(expected, _node.StateOf("other"));
        Assert.Equal(isConflict ? LoneNode.AddressOf("other") : Elsewhere, _node["other"].Record.Address);
        Assert.Equal(isConflict, _node.EventsOf(EventKind.Conflict).Any());
    }

    [Theory]
    [InlineData(59.9, "Dead@5")]
    [InlineData(60.1, "Alive@1")]
    public void S29_A_dead_member_may_move_after_the_reclaim_time(double after, string expected)
    {
        var node = new LoneNode(LoneNode.Silent with { DeadNodeReclaimTime = TimeSpan.FromMinutes(1), GossipToTheDeadTime = TimeSpan.FromHours(1) });
        node.Alive("other", 5);
        node.Dead("other", 5, "somebody");
        node.Advance(after);
        node.Alive("other", 1, Elsewhere);
        Assert.Equal(expected, node.StateOf("other"));
    }

    [Theory]
    [InlineData("Alive")]
    [InlineData("Suspect")]
    [InlineData("Dead")]
    public void S29_Who_claimed_a_name_before_it_was_free_gets_it_when_it_is(string state)
    {
        var node = new LoneNode(LoneNode.Silent with { DeadNodeReclaimTime = TimeSpan.FromSeconds(30), GossipToTheDeadTime = TimeSpan.FromHours(1) });
        node.Alive("other", 5);
        if (state == "Suspect")
            node.Suspect("other", 5, "somebody");
        if (state == "Dead")
            node.Dead("other", 5, "somebody");
        node.Alive("other", 7, Elsewhere, meta: "new");
        node.Alive("other", 1, NodeAddress.From([10, 8, 8, 8], 7946), meta: "older");
        Assert.Equal(LoneNode.AddressOf("other"), node["other"].Record.Address);
        node.Dead("other", 5, "somebody");
        node.Advance(30);
        Assert.Equal("Dead@5", node.StateOf("other"));
        node.Advance(0.001);
        Assert.Equal(("Alive@7", Elsewhere), (node.StateOf("other"), node["other"].Record.Address));
        Assert.Equal("new"u8, node["other"].Record.Meta);
    }

    [Fact]
    public void S29_A_claim_is_nothing_once_the_member_has_come_back_or_where_it_is_old()
    {
        var node = new LoneNode(LoneNode.Silent with { DeadNodeReclaimTime = TimeSpan.FromSeconds(30), GossipToTheDeadTime = TimeSpan.FromHours(1) });
        node.Answering.UnionWith(["back", "old"]);
        foreach (var name in new[] { "back", "old" })
        {
            node.Alive(name, 5);
            node.Alive(name, 6, Elsewhere);
        }

        node.Alive("back", 7);
        node.Dead("back", 7, "somebody");
        node.Advance(60);
        Assert.Equal("Dead@7", node.StateOf("back"));
        node.Advance(NameClaims.KeptFor.TotalSeconds);
        node.Dead("old", 5, "somebody");
        node.Advance(60);
        Assert.Equal("Dead@5", node.StateOf("old"));
    }

    [Theory]
    [InlineData("Alive", 4, "Alive@5")]
    [InlineData("Alive", 5, "Suspect@5")]
    [InlineData("Alive", 6, "Suspect@6")]
    [InlineData("Suspect", 6, "Suspect@5")]
    [InlineData("Dead", 6, "Dead@5")]
    [InlineData("Left", 6, "Left@5")]
    public void S26_Suspect_about_another(string state, uint incarnation, string expected)
    {
        Given("other", state);
        _node.Suspect("other", incarnation, "third");
        Assert.Equal(expected, _node.StateOf("other"));
    }

    [Theory]
    [InlineData("Alive", 4, "third", "Alive@5")]
    [InlineData("Alive", 5, "third", "Dead@5")]
    [InlineData("Alive", 6, "third", "Dead@6")]
    [InlineData("Alive", 4, "other", "Alive@5")]
    [InlineData("Alive", 5, "other", "Left@5")]
    [InlineData("Suspect", 4, "third", "Suspect@5")]
    [InlineData("Suspect", 5, "third", "Dead@5")]
    [InlineData("Suspect", 6, "other", "Left@6")]
    [InlineData("Dead", 6, "third", "Dead@5")]
    [InlineData("Dead", 6, "other", "Dead@5")]
    [InlineData("Left", 6, "third", "Left@5")]
    [InlineData("Left", 6, "other", "Left@5")]
    public void S26_Dead_about_another(string state, uint incarnation, string from, string expected)
    {
        Given("other", state);
        _node.Dead("other", incarnation, from);
        Assert.Equal(expected, _node.StateOf("other"));
    }

    [Fact]
    public void S26_Accusations_of_unknown_names_are_ignored()
    {
        _node.Suspect("nobody", 5, "third");
        _node.Dead("nobody", 5, "third");
        _node.Dead("nobody", 5, "nobody");
        Assert.Equal("none", _node.StateOf("nobody"));
    }

    [Theory]
    [InlineData("suspect", 4, 5)]
    [InlineData("suspect", 5, 6)]
    [InlineData("suspect", 50, 51)]
    [InlineData("dead", 4, 5)]
    [InlineData("dead", 5, 6)]
    [InlineData("dead", 60, 61)]
    [InlineData("alive", 4, 5)]
    [InlineData("alive", 5, 5)]
    [InlineData("alive", 100, 101)]
    [InlineData("alive with meta", 4, 5)]
    [InlineData("alive with meta", 5, 6)]
    public void S26_S27_What_is_said_of_this_node(string kind, uint incarnation, uint expected)
    {
        _node.Alive("other");
        Own(5);
        Say(kind, incarnation);
        Assert.Equal($"Alive@{expected}", _node.StateOf("me"));
        Assert.Equal(expected == 5 ? 0 : 1, _node.Core.HealthScore);
    }

    [Fact]
    public void S27_A_refutation_is_gossiped_in_place_of_what_was_queued_of_it()
    {
        var node = new LoneNode();
        node.Alive("other");
        node.Suspect("me", 7, "other");
        node.Dead("me", 20, "other");
        node.AdvanceUntilSent("alive me");
        node.Advance(5);
        var about = node.Sent.Where(static sent => sent.Text.StartsWith("alive me", StringComparison.Ordinal)).ToArray();
        Assert.All(about, static sent => Assert.StartsWith("alive me 21 at ", sent.Text, StringComparison.Ordinal));
        Assert.NotEmpty(about);
    }

    [Fact]
    public void S27_This_node_elsewhere_is_a_conflict_and_no_refutation()
    {
        _node.Alive("me", 50, Elsewhere);
        Assert.Equal("Alive@1", _node.StateOf("me"));
        var conflict = Assert.Single(_node.EventsOf(EventKind.Conflict));
        Assert.Equal((LoneNode.AddressOf("me"), Elsewhere), (conflict.Record!.Address, conflict.Other!.Address));
    }

    [Theory]
    [InlineData("suspect", 50)]
    [InlineData("dead", 50)]
    [InlineData("alive", 50)]
    public void S33_After_leaving_nothing_is_refuted(string kind, uint incarnation)
    {
        _node.Alive("other");
        _node.Do(static (core, now) => core.Leave(now));
        Say(kind, incarnation);
        Assert.Equal("Left@1", _node.StateOf("me"));
    }

    [Fact]
    public void S24_An_alive_without_versions_or_of_others_is_ignored()
    {
        _node.Alive("old", hasVersions: false);
        _node.Alive("zero", versions: new(0, 5, 2, 2, 5, 5));
        _node.Alive("turned", versions: new(5, 1, 2, 2, 5, 5));
        _node.Alive("later", versions: new(3, 5, 3, 2, 5, 5));
        _node.Alive("plain", versions: new(1, 5, 2, 0, 0, 0));
        Assert.Equal(1, _node.Core.MemberCount);
        Assert.Equal(5, _node.EventsOf(EventKind.Refused).Count());
        _node.Alive("wide", versions: new(1, 9, 3, 0, 20, 4));
        Assert.Equal("Alive@1", _node.StateOf("wide"));
    }

    [Fact]
    public void S23_What_is_said_of_this_node_has_the_versions_of_an_agent()
    {
        var node = new LoneNode();
        node.Alive("other");
        var alive = node.AdvanceUntilSent("alive me");
        Assert.Equal([0xa6, 1, 5, 2, 2, 5, 5], alive.Bytes[^7..]);
    }

    [Fact]
    public void S32_A_dead_member_is_gossiped_to_for_a_while_then_forgotten()
    {
        var node = new LoneNode();
        node.Answering.Add("other");
        node.Alive("other");
        node.Alive("dead", 3);
        node.Alive("left", 3);
        node.Advance(3);
        node.Dead("dead", 3, "other");
        node.Dead("left", 3, "left");
        var died = node.Now;
        for (var beat = 0; beat < 60; beat++)
        {
            node.Do((core, now) => core.Update(core.Self.Address, LoneNode.Bytes($"beat {beat}"), now));
            node.Advance(1);
        }

        var toDead = node.Sent.Where(sent => sent.At > died && sent.To == LoneNode.AddressOf("dead")).ToArray();
        Assert.InRange((toDead.Max(static sent => sent.At) - died).TotalSeconds, 20, 30);
        Assert.DoesNotContain(node.Sent, sent => sent.At > died && sent.To == LoneNode.AddressOf("left"));
        Assert.Equal(("none", "none", "Alive@1"), (node.StateOf("dead"), node.StateOf("left"), node.StateOf("other")));
        Assert.Equal(2, node.EventsOf(EventKind.Forgotten).Count());
    }

    [Fact]
    public void Events_follow_the_states()
    {
        _node.Alive("other", 1);
        _node.Alive("other", 2, meta: "tags");
        _node.Suspect("other", 2, "third");
        _node.Alive("other", 3, meta: "tags");
        _node.Dead("other", 3, "third");
        _node.Alive("other", 4, meta: "tags");
        _node.Dead("other", 4, "other");
        EventKind[] expected =
        [
            EventKind.Joined, EventKind.Joined, EventKind.Updated, EventKind.Suspected, EventKind.Cleared, EventKind.Failed, EventKind.Joined, EventKind.Left,
        ];
        Assert.Equal(expected, _node.Events.Select(static happened => happened.Kind));
    }

    [Fact]
    public void A_change_of_versions_alone_is_told()
    {
        _node.Alive("other", 1);
        _node.Alive("other", 2, versions: new(1, 5, 2, 2, 5, 4));
        Assert.Single(_node.EventsOf(EventKind.Updated));
    }

    private void Given(string name, string state)
    {
        _node.Alive(name, 5);
        if (state != "Alive")
            _node.Suspect(name, 5, "somebody");
        if (state is "Dead" or "Left")
            _node.Dead(name, 5, state == "Left" ? name : "somebody");
        Assert.Equal($"{state}@5", _node.StateOf(name));
    }

    // Without being accused: an accusation would count against its health.
    private void Own(uint incarnation)
    {
        while (_node.Core.Incarnation < incarnation)
            _node.Do(static (core, now) => core.Update(core.Self.Address, core.Self.Meta, now));
    }

    private void Say(string kind, uint incarnation)
    {
        switch (kind)
        {
            case "suspect":
                _node.Suspect("me", incarnation, "other");
                break;
            case "dead":
                _node.Dead("me", incarnation, "other");
                break;
            case "alive":
                _node.Alive("me", incarnation);
                break;
            default:
                _node.Alive("me", incarnation, meta: "changed");
                break;
        }
    }
}
