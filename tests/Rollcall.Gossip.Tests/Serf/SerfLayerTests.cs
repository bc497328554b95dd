using System.Buffers;
using System.Text;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Serf;
using Rollcall.Gossip.Tests.Protocol;

namespace Rollcall.Gossip.Tests.Serf;

/// <summary>Statements 38 to 40 as far as they go without an agent: what was seen of agents in 9.5 and 9.6, of this layer.</summary>
public sealed class SerfLayerTests
{
    private readonly byte[] _buffer = new byte[1024];
    private readonly SerfLayer _serf = new("me"u8.ToArray(), new Random(1));
    private readonly LoneNode _node;

    public SerfLayerTests()
    {
        _node = new(LoneNode.Quiet, application: _serf);
        foreach (var name in new[] { "agent", "other" })
        {
            _node.Answering.Add(name);
            _node.Alive(name);
        }

        _serf.ClearEvents();
    }

    [Fact]
    public void S38_A_leave_with_an_intent_before_is_left()
    {
        Leave("agent", 5);
        Assert.Equal(SerfStatus.Leaving, _serf.StatusOf("agent"));
        _node.Dead("agent", 1, "agent");
        Assert.Equal(SerfStatus.Left, _serf.StatusOf("agent"));
        Assert.Equal(["agent Leaving", "agent Left"], Statuses());
    }

    [Fact]
    public void S38_A_crash_is_failed_and_an_intent_after_it_makes_it_left()
    {
        _node.Dead("agent", 1, "other");
        Assert.Equal(SerfStatus.Failed, _serf.StatusOf("agent"));
        Leave("agent", 5);
        Assert.Equal(SerfStatus.Left, _serf.StatusOf("agent"));
    }

    [Fact]
    public void Who_is_gone_is_remembered_for_a_day_past_the_time_the_protocol_needs_it()
    {
        _node.Dead("agent", 1, "other");
        _node.Advance(3600);
        Assert.Single(_node.EventsOf(EventKind.Forgotten));
        Assert.Equal(SerfStatus.Failed, _serf.StatusOf("agent"));
        _node.Advance(24 * 3600);
        _node.Dead("other", 1, "agent");
        Assert.Equal(SerfStatus.None, _serf.StatusOf("agent"));
        Assert.Equal(["agent"], Forgotten());
    }

    [Fact]
    public void Who_is_to_be_forgotten_is_when_it_has_left()
    {
        _node.Dead("agent", 1, "other");
        Receive(_buffer.AsSpan(0, SerfCodec.Write(_buffer, new LeaveIntent(5, "agent"u8, prune: true))));
        Assert.Equal(["agent"], Forgotten());
    }

    [Fact]
    public void S38_An_intent_that_is_not_later_is_ignored()
    {
        Join("agent", 5);
        Leave("agent", 5);
        Assert.Equal(SerfStatus.Alive, _serf.StatusOf("agent"));
        Leave("agent", 6);
        Join("agent", 6);
        Assert.Equal(SerfStatus.Leaving, _serf.StatusOf("agent"));
        Join("agent", 7);
        Assert.Equal(SerfStatus.Alive, _serf.StatusOf("agent"));
    }

    [Fact]
    public void S38_This_node_says_that_it_goes_before_it_goes()
    {
        _node.Do((_, now) => _serf.Leave(now));
        _node.AdvanceUntilSent("dead me");
        var intents = _node.Sent.Where(static sent => sent.Bytes is [8, 0, ..]).ToArray();
        var dead = _node.Sent.First(static sent => sent.Text.StartsWith("dead me", StringComparison.Ordinal));
        Assert.Equal(4, intents.Length);
        Assert.All(intents, intent => Assert.True(intent.At <= dead.At && intent.Packet < dead.Packet, $"{intent} | {dead}"));
        _node.Advance(5);
        Assert.Single(_node.EventsOf(EventKind.LeaveSpread));
    }

    [Fact]
    public void S38_Who_is_alone_leaves_at_once()
    {
        var serf = new SerfLayer("me"u8.ToArray(), new Random(1));
        var node = new LoneNode(LoneNode.Quiet, application: serf);
        node.Do((_, now) => serf.Leave(now));
        Assert.Single(node.EventsOf(EventKind.LeaveSpread));
    }

    [Fact]
    public void S38_Who_is_forced_to_leave_and_lives_says_that_it_joined()
    {
        Leave("me", 9);
        Assert.Equal(SerfStatus.Alive, _serf.StatusOf("me"));
        _node.Advance(3);
        var intents = UserMessages().Select(Describe).Distinct().ToArray();
        Assert.Equal(["join me 10"], intents);
    }

    [Fact]
    public void S38_Who_is_forced_to_leave_at_the_time_of_its_own_join_says_it_again_later()
    {
        // Where the leave came first the join of the same time counts for nothing.
        _node.Do((_, now) => _serf.Joined(now));
        Leave("me", 1);
        _node.Advance(3);
        Assert.Equal(["join me 1", "join me 2"], UserMessages().Select(Describe).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void S38_Tags_travel_in_what_a_member_says_of_itself()
    {
        var meta = SerfTags.Encode(new Dictionary<string, string>(StringComparer.Ordinal) { ["role"] = "web" })!;
        _node.Do((core, now) => core.Update(core.Self.Address, meta, now));
        var alive = _node.AdvanceUntilSent("alive me 2");
        Assert.Contains(Convert.ToHexStringLower(meta), Convert.ToHexStringLower(alive.Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_join_is_said_with_the_time_of_the_clock()
    {
        Join("agent", 41);
        _node.Do((_, now) => _serf.Joined(now));
        _node.Advance(3);
        Assert.Contains("join me 42", UserMessages().Select(Describe));
        Assert.Equal(43UL, _serf.Time);
    }

    [Fact]
    public void An_intent_that_comes_before_its_member_counts_for_five_minutes()
    {
        Leave("early", 5);
        Leave("late", 5);
        _node.Alive("early");
        Assert.Equal(SerfStatus.Leaving, _serf.StatusOf("early"));
        _node.Advance(301);
        _node.Alive("late");
        Assert.Equal(SerfStatus.Alive, _serf.StatusOf("late"));
    }

    [Fact]
    public void S39_An_event_is_told_and_passed_on_once()
    {
        var message = _buffer.AsSpan(0, SerfCodec.Write(_buffer, new UserEvent(3, "deploy"u8, "now"u8, coalesces: false))).ToArray();
        for (var i = 0; i < 5; i++)
            Receive(message);
        _node.Advance(5);
        var told = Assert.Single(_serf.Events);
        Assert.Equal((SerfEventKind.UserEvent, "deploy", "now", 3UL), (told.Kind, told.Name, Encoding.UTF8.GetString(told.Payload), told.Time));
        var passed = UserMessages();
        Assert.Equal(4, passed.Length);
        Assert.All(passed, bytes => Assert.Equal(message, bytes));
        Receive(message);
        _node.Advance(5);
        Assert.Equal(4, UserMessages().Length);
    }

    [Fact]
    public void S39_Intents_and_queries_are_passed_on_once()
    {
        Leave("other", 5);
        Leave("other", 5);
        Ask("anything", "agent", id: 1);
        Ask("anything", "agent", id: 1);
        Ask("quiet", "agent", id: 2, flags: QueryFlags.NoBroadcast);
        _node.Advance(5);
        Assert.Equal(8, UserMessages().Length);
    }

    [Fact]
    public void S39_Events_of_another_content_at_the_same_time_are_two()
    {
        foreach (var payload in new[] { "one", "two" })
            Receive(_buffer.AsSpan(0, SerfCodec.Write(_buffer, new UserEvent(3, "deploy"u8, LoneNode.Bytes(payload), coalesces: false))));
        Assert.Equal(2, _serf.Events.Count);
    }

    [Fact]
    public void S40_A_conflict_is_answered_with_who_has_the_name()
    {
        Ask("_serf_conflict", "agent", id: 77, payload: "other");
        var (to, answer) = Assert.Single(Responses());
        Assert.Equal(LoneNode.AddressOf("agent"), to);
        var text = Convert.ToHexStringLower(answer);
        // The response's number, then in its payload the member map with its address and port.
        Assert.Contains("a249444d", text, StringComparison.Ordinal);
        Span<byte> address = stackalloc byte[4];
        LoneNode.AddressOf("other").CopyTo(address);
        Assert.Contains($"068ba441646472a4{Convert.ToHexStringLower(address)}", text, StringComparison.Ordinal);
        Assert.Contains("a4506f7274cd1f0a", text, StringComparison.Ordinal);
        Assert.Contains("a653746174757301", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("me")]
    [InlineData("nobody")]
    public void S40_Who_is_asked_about_itself_or_nobody_does_not_answer(string about)
    {
        Ask("_serf_conflict", "agent", id: 77, payload: about);
        Assert.Empty(Responses());
    }

    [Fact]
    public void S40_A_stranger_is_not_answered()
    {
        Ask("_serf_conflict", "stranger", id: 77, payload: "other");
        Assert.Empty(Responses());
    }

    [Fact]
    public void An_ack_that_is_wanted_is_sent()
    {
        Ask("anything", "agent", id: 77, flags: QueryFlags.Ack);
        Assert.Single(Responses());
    }

    [Fact]
    public void Exchanges_carry_who_left_and_what_happened()
    {
        var other = new SerfLayer("peer"u8.ToArray(), new Random(1));
        var peer = new LoneNode(LoneNode.Quiet, application: other);
        Leave("other", 5);
        _node.Dead("other", 1, "other");
        Receive(_buffer.AsSpan(0, SerfCodec.Write(_buffer, new UserEvent(3, "deploy"u8, default, coalesces: false))));

        peer.Alive("other");
        peer.Dead("other", 1, "x");
        Assert.Equal(SerfStatus.Failed, other.StatusOf("other"));
        other.ClearEvents();
        var state = new ArrayBufferWriter<byte>();
        _serf.WriteState(join: false, state);
        other.MergeState(state.WrittenSpan, join: false, default, 0);
        Assert.Equal(SerfStatus.Left, other.StatusOf("other"));
        Assert.Equal(["StatusChanged other", "UserEvent deploy"], other.Events.Select(static told => $"{told.Kind} {told.Name}"));
        Assert.Equal(6UL, other.Time);

        var joiner = new SerfLayer("joiner"u8.ToArray(), new Random(1));
        _ = new LoneNode(LoneNode.Quiet, application: joiner);
        joiner.ClearEvents();
        joiner.MergeState(state.WrittenSpan, join: true, default, 0);
        Assert.DoesNotContain(joiner.Events, static told => told.Kind == SerfEventKind.UserEvent);
    }

    [Fact]
    public void What_is_not_Serfs_goes_to_the_application_within()
    {
        var inner = new Inner();
        var serf = new SerfLayer("me"u8.ToArray(), new Random(1), inner: inner);
        var node = new LoneNode(LoneNode.Quiet, application: serf);
        node.Receive([8, 0xc1, 1, 2], LoneNode.AddressOf("agent"));
        Assert.Equal([0xc1, 1, 2], Assert.Single(inner.Messages));
        var state = new ArrayBufferWriter<byte>();
        serf.WriteState(join: true, state);
        serf.MergeState(state.WrittenSpan, join: true, default, 0);
        Assert.Equal("state of the application"u8, Assert.Single(inner.Merged));
    }

    [Fact]
    public void A_time_far_ahead_is_not_believed()
    {
        Leave("agent", ulong.MaxValue - 1);
        Assert.Equal((SerfStatus.Alive, 1UL), (_serf.StatusOf("agent"), _serf.Time));
        Assert.Equal(SerfEventKind.Refused, Assert.Single(_serf.Events).Kind);
    }

    [Fact]
    public void A_state_that_is_not_Serfs_is_refused_and_harms_nothing()
    {
        _serf.MergeState([0x2a, 0x80], join: true, LoneNode.AddressOf("agent"), 0);
        var refused = Assert.Single(_serf.Events);
        Assert.Equal((SerfEventKind.Refused, LoneNode.AddressOf("agent")), (refused.Kind, refused.From));
        _serf.ClearEvents();
        _serf.MergeState([0x02, 0x80], join: true, default, 0);
        Assert.Empty(_serf.Events);
    }

    private static string Describe(byte[] bytes) => bytes[0] == 1 && SerfCodec.TryRead(bytes.AsSpan(1), out JoinIntent join)
        ? $"join {Encoding.UTF8.GetString(join.Node)} {join.Time}"
        : $"type {bytes[0]}";

    private void Join(string name, ulong time) => Receive(_buffer.AsSpan(0, SerfCodec.Write(_buffer, new JoinIntent(time, LoneNode.Bytes(name)))));

    private void Leave(string name, ulong time) => Receive(_buffer.AsSpan(0, SerfCodec.Write(_buffer, new LeaveIntent(time, LoneNode.Bytes(name), prune: false))));

    private void Receive(ReadOnlySpan<byte> message) => _node.Receive([8, .. message], LoneNode.AddressOf("agent"));

    private void Ask(string query, string from, uint id, string payload = "", QueryFlags flags = QueryFlags.None) => Receive(SerfBytes.Query(query, from, id, payload: LoneNode.Bytes(payload), flags: flags));

    private IEnumerable<string> Statuses() => _serf.Events.Where(static told => told.Kind == SerfEventKind.StatusChanged).Select(static told => $"{told.Name} {told.Status}");

    private IEnumerable<string> Forgotten() => _serf.Events.Where(static told => told.Kind == SerfEventKind.Forgotten).Select(static told => told.Name);

    private byte[][] UserMessages() => [.. _node.Sent.Where(static sent => sent.Bytes[0] == (byte)MessageType.User && sent.Bytes[1] != (byte)SerfMessageType.QueryResponse).Select(static sent => sent.Bytes[1..])];

    private (NodeAddress To, byte[] Bytes)[] Responses() => [.. _node.Sent.Where(static sent => sent.Bytes is [(byte)MessageType.User, (byte)SerfMessageType.QueryResponse, ..]).Select(static sent => (sent.To, sent.Bytes))];

    private sealed class Inner : IGossipApplication
    {
        public List<byte[]> Messages { get; } = [];

        public List<byte[]> Merged { get; } = [];

        public void MemberChanged(in ProtocolEvent change)
        {
        }

        public void MessageReceived(ReadOnlySpan<byte> message, NodeAddress from, long now) => Messages.Add(message.ToArray());

        public void WriteState(bool join, IBufferWriter<byte> state) => state.Write("state of the application"u8);

        public void MergeState(ReadOnlySpan<byte> state, bool join, NodeAddress from, long now) => Merged.Add(state.ToArray());

        public int WriteAckPayload(Span<byte> destination) => 0;

        public void AckReceived(NodeRecord from, ReadOnlySpan<byte> payload, long elapsed, long now)
        {
        }

        public void Transmitted(long token, long now)
        {
        }
    }
}
