using System.Buffers;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Tests.Protocol;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Tests.Conformance;

/// <summary>Statements 18 to 20, 24, 28 and 30: exchanges of state, and what is taken from them.</summary>
public sealed class ExchangeConformance
{
    private readonly LoneNode _node = new(LoneNode.Silent);

    [Theory]
    [InlineData("me", true)]
    [InlineData("", true)]
    [InlineData("other", false)]
    public void S18_A_ping_over_TCP_is_answered_where_it_is_for_this_node(string name, bool isAnswered)
    {
        var ping = new byte[256];
        var length = MessageCodec.Write(ping, new Ping(5, LoneNode.Bytes(name), LoneNode.AddressOf("other"), "other"u8));
        var answer = new ArrayBufferWriter<byte>();
        Assert.Equal(isAnswered, _node.Core.TryAnswerStreamPing(ping.AsSpan(1, length - 1), answer));
        Assert.Equal(isAnswered ? Captures.Ack : [], answer.WrittenSpan.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void S19_The_answer_is_the_state_before_the_merge_and_has_the_same_flag(bool join)
    {
        _node.Alive("known", 3);
        var answer = _node.Accept(State(join, ("new", MemberState.Alive, 1)), "new", out var refusal);
        Assert.Null(refusal);
        var (header, names) = Read(answer);
        Assert.Equal((join, 2), (header.Join, header.Nodes));
        Assert.Equal(["known Alive 3", "me Alive 1"], names.Order(StringComparer.Ordinal));
        Assert.Equal("Alive@1", _node.StateOf("new"));
    }

    [Fact]
    public void S20_An_exchange_without_members_is_taken()
    {
        _node.Accept(State(join: false, Array.Empty<Entry>()), "other", out var refusal);
        Assert.Null(refusal);
    }

    [Fact]
    public void S20_One_that_is_cut_short_changes_nothing()
    {
        var state = State(join: true, ("a", MemberState.Alive, 1), ("b", MemberState.Alive, 1));
        _node.Accept(state[..^4], "a", out var refusal);
        Assert.NotNull(refusal);
        Assert.Equal(1, _node.Core.MemberCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public void S20_An_application_state_that_is_cut_short_changes_nothing(int length)
    {
        var buffer = new byte[1024];
        var written = MessageCodec.Write(buffer, new PushPullHeader(1, length, join: true));
        written += MessageCodec.Write(buffer.AsSpan(written), new PushPullNode("a"u8, LoneNode.AddressOf("a"), default, 1, MemberState.Alive, ProtocolVersions.Default));
        _node.Accept(buffer[..written], "a", out var refusal);
        Assert.NotNull(refusal);
        Assert.Equal(1, _node.Core.MemberCount);
    }

    [Theory]
    [InlineData(MemberState.Dead)]
    [InlineData(MemberState.Suspect)]
    public void S30_Who_is_dead_or_suspect_elsewhere_is_suspected_here_by_this_node(MemberState state)
    {
        var node = new LoneNode();
        node.Answering.UnionWith(["other", "third"]);
        node.Alive("other", 4);
        node.Alive("third");
        node.MergeReply(State(join: false, ("other", state, 4)), "third");
        Assert.Equal("Suspect@4", node.StateOf("other"));
        Assert.Equal("suspect other 4 from me", node.AdvanceUntilSent("suspect other").Text);
    }

    [Fact]
    public void S30_Who_left_elsewhere_has_left_here()
    {
        _node.Alive("other", 4);
        _node.MergeReply(State(join: false, ("other", MemberState.Left, 4)), "third");
        Assert.Equal("Left@4", _node.StateOf("other"));
    }

    [Theory]
    [InlineData(MemberState.Dead)]
    [InlineData(MemberState.Suspect)]
    [InlineData(MemberState.Left)]
    [InlineData((MemberState)9)]
    public void S30_Who_was_never_known_alive_is_not_added(MemberState state)
    {
        _node.MergeReply(State(join: false, ("other", state, 4)), "third");
        Assert.Equal("none", _node.StateOf("other"));
    }

    [Theory]
    [InlineData(MemberState.Dead)]
    [InlineData(MemberState.Suspect)]
    [InlineData(MemberState.Left)]
    public void S28_A_node_that_has_begun_anew_objects_to_what_it_was(MemberState state)
    {
        _node.MergeReply(State(join: true, ("me", state, 4), ("other", MemberState.Alive, 1)), "other");
        Assert.Equal("Alive@5", _node.StateOf("me"));
    }

    [Fact]
    public void S24_A_peer_of_another_version_is_refused()
    {
        var state = State(join: true, new Entry("plain", MemberState.Alive, 1) { Versions = new(1, 5, 2, 0, 0, 0) });
        _node.Accept(state, "plain", out var refusal);
        Assert.NotNull(refusal);
        Assert.Equal("none", _node.StateOf("plain"));
    }

    [Fact]
    public void S24_Members_whose_versions_do_not_go_together_are_refused()
    {
        var state = State(
            join: false,
            new Entry("one", MemberState.Alive, 1) { Versions = new(1, 5, 1, 2, 5, 5) },
            new Entry("two", MemberState.Alive, 1) { Versions = new(2, 5, 2, 2, 5, 5) });
        Assert.NotNull(_node.MergeReply(state, "third"));
        Assert.Equal(1, _node.Core.MemberCount);
    }

    [Fact]
    public void S24_A_member_whose_versions_do_not_go_with_those_of_others_is_kept_out_and_ends_no_exchange()
    {
        _node.Alive("first", versions: new(1, 5, 1, 2, 5, 5));
        _node.Alive("second", versions: new(2, 5, 2, 2, 5, 5));
        Assert.Equal(("Alive@1", "none"), (_node.StateOf("first"), _node.StateOf("second")));
        Assert.Single(_node.EventsOf(EventKind.Refused));
        Assert.Null(_node.MergeReply(State(join: false, new Entry("second", MemberState.Alive, 1) { Versions = new(2, 5, 2, 2, 5, 5) }, new Entry("third", MemberState.Alive, 1)), "third"));
        Assert.Equal(("none", "Alive@1"), (_node.StateOf("second"), _node.StateOf("third")));
        // Once it is gone the other may come; and a member may change to what only its own past does not go with.
        _node.Dead("first", 1, "first");
        _node.Alive("second", versions: new(2, 5, 2, 2, 5, 5));
        _node.Alive("second", 2, versions: new(1, 5, 1, 2, 5, 5));
        Assert.Equal("Alive@2", _node.StateOf("second"));
    }

    [Fact]
    public void S24_A_third_member_of_no_version_does_not_harm_the_others()
    {
        var state = State(
            join: false,
            new Entry("good", MemberState.Alive, 1),
            new Entry("poison", MemberState.Alive, 1) { Versions = null },
            new Entry("strange", MemberState.Alive, 1) { Versions = new(3, 5, 3, 2, 5, 5) });
        Assert.Null(_node.MergeReply(state, "third"));
        Assert.Equal(("Alive@1", "none", "none"), (_node.StateOf("good"), _node.StateOf("poison"), _node.StateOf("strange")));
    }

    [Theory]
    [InlineData("81a44e616d65a0")]
    [InlineData("82a44e616d65a3626164a441646472a57f00000101")]
    [InlineData("82a44e616d65a3626164ab496e6361726e6174696f6eff")]
    [InlineData("82a44e616d65a3626164a44d657461da0201", 513)]
    [InlineData("81a44e616d65da0100", 256)]
    [InlineData("9301")]
    [InlineData("01")]
    public void S20_A_member_that_is_malformed_is_passed_over_and_told_of_once(string bad, int filling = 0)
    {
        byte[] malformed = [.. Captures.FromHex(bad), .. new byte[filling]];
        // An array announces what follows as its own.
        if (bad == "9301")
            malformed = [0x93, 1, 2, 3];
        var state = Joined([Node("a"), malformed, Node("b"), malformed, Node("c")], userState: "application"u8);
        Assert.Null(_node.MergeReply(state, "third"));
        Assert.Equal(["Alive@1", "Alive@1", "Alive@1"], new[] { "a", "b", "c" }.Select(_node.StateOf));
        Assert.Equal(4, _node.Core.MemberCount);
        var refused = Assert.Single(_node.EventsOf(EventKind.Refused));
        Assert.Equal((LoneNode.AddressOf("third"), 2), (refused.From, refused.Length));
        Assert.NotNull(refused.Reason);
    }

    [Fact]
    public void S20_What_follows_a_member_without_an_end_is_not_guessed_at()
    {
        Assert.NotNull(_node.MergeReply(Joined([Node("a"), [0xc1], Node("b")], []), "third"));
        Assert.Equal(1, _node.Core.MemberCount);
    }

    [Fact]
    public void S05_Metadata_of_a_member_may_be_an_array_of_numbers()
    {
        var array = Captures.ToHex(Node("b")).Replace("a44d657461" + "c0", "a44d657461" + "93ccffcc80ccc8", StringComparison.Ordinal);
        Assert.Null(_node.MergeReply(Joined([Node("a"), Captures.FromHex(array), Node("c")], []), "third"));
        Assert.Equal([0xff, 0x80, 0xc8], _node["b"].Record.Meta.ToArray());
        Assert.Equal((0, 0), (_node["a"].Record.Meta.Length, _node["c"].Record.Meta.Length));
    }

    [Fact]
    public void An_exchange_is_begun_in_each_interval_with_one_that_is_alive()
    {
        var node = new LoneNode(LoneNode.Quiet with { PushPullInterval = TimeSpan.FromSeconds(30) });
        node.Answering.Add("alive");
        node.Alive("alive");
        node.Alive("gone");
        node.Dead("gone", 1, "gone");
        node.Advance(190);
        Assert.InRange(node.Exchanges.Count, 5, 6);
        Assert.All(node.Exchanges, static exchange => Assert.Equal(("alive", false), (exchange.Partner.Name, exchange.Join)));
    }

    [Fact]
    public void One_that_failed_is_tried_again_even_after_it_is_forgotten_and_one_that_left_is_not()
    {
        var node = new LoneNode(LoneNode.Quiet with { ReconnectInterval = TimeSpan.FromSeconds(30) });
        node.Answering.Add("alive");
        node.Alive("alive");
        node.Alive("failed");
        node.Alive("left");
        node.Dead("failed", 1, "alive");
        node.Dead("left", 1, "left");
        node.Advance(600);
        Assert.Equal("none", node.StateOf("failed"));
        Assert.InRange(node.Exchanges.Count, 5, 15);
        Assert.All(node.Exchanges, static exchange => Assert.Equal(("failed", true), (exchange.Partner.Name, exchange.Join)));
    }

    private static byte[] State(bool join, params (string Name, MemberState State, uint Incarnation)[] members) =>
        State(join, [.. members.Select(static member => new Entry(member.Name, member.State, member.Incarnation))]);

    private static byte[] State(bool join, params Entry[] members)
    {
        var buffer = new byte[64 * 1024];
        var length = MessageCodec.Write(buffer, new PushPullHeader(members.Length, 0, join));
        foreach (var member in members)
        {
            var node = new PushPullNode(LoneNode.Bytes(member.Name), LoneNode.AddressOf(member.Name), default, member.Incarnation, member.State, member.Versions);
            length += MessageCodec.Write(buffer.AsSpan(length), node);
        }

        return buffer[..length];
    }

    private static byte[] Node(string name)
    {
        var buffer = new byte[256];
        return buffer[..MessageCodec.Write(buffer, new PushPullNode(LoneNode.Bytes(name), LoneNode.AddressOf(name), default, 1, MemberState.Alive, ProtocolVersions.Default))];
    }

    private static byte[] Joined(byte[][] members, ReadOnlySpan<byte> userState)
    {
        var head = new byte[64];
        var length = MessageCodec.Write(head, new PushPullHeader(members.Length, userState.Length, join: false));
        return [.. head[..length], .. members.SelectMany(static member => member), .. userState];
    }

    private static (PushPullHeader Header, List<string> Members) Read(byte[] message)
    {
        var body = message.AsSpan(1);
        Assert.True(MessageCodec.TryRead(body, out PushPullHeader header, out var at, out var refusal), refusal);
        List<string> members = [];
        for (var i = 0; i < header.Nodes; i++)
        {
            Assert.True(MessageCodec.TryRead(body[at..], out PushPullNode node, out var consumed, out refusal), refusal);
            members.Add($"{System.Text.Encoding.UTF8.GetString(node.Name)} {node.State} {node.Incarnation}");
            at += consumed;
        }

        return (header, members);
    }

    private sealed record Entry(string Name, MemberState State, uint Incarnation)
    {
        public ProtocolVersions? Versions { get; init; } = ProtocolVersions.Default;
    }
}
