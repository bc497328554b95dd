using System.Buffers;
using System.Text;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Serf;
using Rollcall.Gossip.Tests.Protocol;

namespace Rollcall.Gossip.Tests.Serf;

/// <summary>What a node answers to queries, what it asks itself, and what it passes on.</summary>
public sealed class SerfQueriesTests
{
    private static readonly GossipKey Old = GossipKey.Generate();
    private static readonly GossipKey New = GossipKey.Generate();

    private readonly byte[] _buffer = new byte[4096];
    private readonly GossipKeyring _ring = new(Old);
    private readonly SerfLayer _serf;
    private readonly LoneNode _node;

    public SerfQueriesTests()
    {
        _serf = new("me"u8.ToArray(), new Random(1), new(_ring, isSealed: true));
        _node = new(LoneNode.Quiet, application: _serf);
        foreach (var name in new[] { "agent", "other", "third" })
        {
            _node.Answering.Add(name);
            _node.Alive(name);
        }

        Meet(queryTime: 1);
    }

    [Fact]
    public void A_key_is_installed_used_and_removed_by_an_agent()
    {
        Assert.True(Ask("_serf_install-key", New).IsDone);
        Assert.Equal([Old, New], _ring.Keys);
        Assert.True(Ask("_serf_use-key", New).IsDone);
        Assert.Equal([New, Old], _ring.Keys);
        Assert.True(Ask("_serf_remove-key", Old).IsDone);
        Assert.Equal([New], _ring.Keys);
        var listed = Ask("_serf_list-keys", payload: [7, 0x81, 0xa3, (byte)'K', (byte)'e', (byte)'y', 0xa0]);
        Assert.Equal((true, "", New.ToBase64()), (listed.IsDone, listed.Words, listed.PrimaryKey));
        Assert.Equal([New.ToBase64()], listed.Keys);
        var asked = _serf.Events.Where(static told => told.Kind == SerfEventKind.KeysAsked).Select(static told => $"{told.Name} {told.Operation} {told.Words}");
        Assert.Equal(["agent Add ", "agent Use ", "agent Remove ", "agent List "], asked);
        Assert.All(_serf.Events.Where(static told => told.Kind == SerfEventKind.KeysAsked), static told => Assert.Equal(LoneNode.AddressOf("agent"), told.From));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(64)]
    public void Bytes_that_are_no_key_are_refused(int length)
    {
        var answer = Ask("_serf_install-key", payload: SerfBytes.KeyRequest(new byte[length]));
        Assert.False(answer.IsDone);
        Assert.Contains("16, 24 or 32 bytes", answer.Words, StringComparison.Ordinal);
        Assert.Equal([Old], _ring.Keys);
    }

    [Theory]
    [InlineData("")]
    [InlineData("07")]
    [InlineData("0881a34b6579a0")]
    [InlineData("0781a34b6579d9ff")]
    public void A_request_that_cannot_be_read_is_answered_so(string hex)
    {
        Assert.False(Ask("_serf_install-key", payload: Convert.FromHexString(hex)).IsDone);
        Assert.Equal([Old], _ring.Keys);
    }

    [Fact]
    public void The_primary_key_is_not_removed_nor_a_key_used_that_is_not_there()
    {
        Assert.Contains("primary key cannot be removed", Ask("_serf_remove-key", Old).Words, StringComparison.Ordinal);
        Assert.Contains("does not have the key", Ask("_serf_use-key", New).Words, StringComparison.Ordinal);
        Assert.Equal([Old], _ring.Keys);
    }

    [Fact]
    public void A_query_is_done_once_however_often_it_comes()
    {
        var query = SerfBytes.Query("_serf_install-key", "agent", 5, payload: SerfBytes.KeyRequest(New));
        Receive(query);
        _ring.Remove(New);
        Receive(query);
        Assert.Equal([Old], _ring.Keys);
        Assert.Single(Responses());
    }

    [Fact]
    public void A_stranger_changes_nothing_and_learns_nothing()
    {
        Receive(SerfBytes.Query("_serf_install-key", "stranger", 5, payload: SerfBytes.KeyRequest(New)));
        Receive(SerfBytes.Query("_serf_list-keys", "agent", 6, address: LoneNode.AddressOf("stranger")));
        Receive(SerfBytes.Query("_serf_list-keys", "", 7, address: LoneNode.AddressOf("stranger"), isOld: true));
        Assert.Equal([Old], _ring.Keys);
        Assert.Empty(Responses());
    }

    [Fact]
    public void An_old_agent_that_does_not_say_its_name_is_known_by_its_address()
    {
        Receive(SerfBytes.Query("_serf_list-keys", "", 7, address: LoneNode.AddressOf("agent"), isOld: true));
        Assert.Single(Responses());
    }

    [Fact]
    public void A_recording_of_a_query_from_before_this_node_was_there_changes_nothing()
    {
        var serf = new SerfLayer("me"u8.ToArray(), new Random(1), new(_ring, isSealed: true));
        var node = new LoneNode(LoneNode.Quiet, application: serf);
        node.Alive("agent");
        var recorded = SerfBytes.Query("_serf_install-key", "agent", 5, time: 40, payload: SerfBytes.KeyRequest(New));
        node.Receive([8, .. recorded], LoneNode.AddressOf("agent"));
        Assert.Equal([Old], _ring.Keys);
        Meet(serf, queryTime: 42);
        node.Receive([8, .. SerfBytes.Query("_serf_install-key", "agent", 6, time: 41, payload: SerfBytes.KeyRequest(New))], LoneNode.AddressOf("agent"));
        Assert.Equal([Old], _ring.Keys);
        node.Receive([8, .. SerfBytes.Query("_serf_install-key", "agent", 7, time: 42, payload: SerfBytes.KeyRequest(New))], LoneNode.AddressOf("agent"));
        Assert.Equal([Old, New], _ring.Keys);
    }

    [Fact]
    public void More_keys_than_fit_are_left_out_of_the_list_and_that_is_said()
    {
        for (var i = 0; i < 40; i++)
            _ring.Add(GossipKey.Generate());
        var listed = Ask("_serf_list-keys", payload: []);
        Assert.True(listed.IsDone);
        Assert.InRange(listed.Keys.Count, 15, 30);
        Assert.Equal(_ring.Keys.Take(listed.Keys.Count).Select(static key => key.ToBase64()), listed.Keys);
        Assert.Contains("of 41 keys", listed.Words, StringComparison.Ordinal);
        Assert.InRange(Responses()[^1].Bytes.Length, 900, QueryReplies.MaxLength + 1);
    }

    [Fact]
    public void A_query_with_filters_is_answered_by_those_it_is_for_and_passed_on_by_all()
    {
        Receive(SerfBytes.Query("anything", "agent", 5, time: 5, flags: QueryFlags.Ack, filters: [SerfBytes.NodeFilter("other")]));
        Assert.Empty(Responses());
        Receive(SerfBytes.Query("anything", "agent", 6, time: 6, flags: QueryFlags.Ack, filters: [SerfBytes.NodeFilter("other", "me")]));
        Assert.Single(Responses());
        _node.Advance(5);
        Assert.Equal(2, UserMessages(SerfMessageType.Query).Select(static sent => Convert.ToHexString(sent.Bytes)).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Expressions_are_judged_so_often_and_no_more()
    {
        for (var i = 1; i <= 60; i++)
            Ping(i);
        Assert.Equal(SerfQueries.MaxExpressions, Responses().Length);
        _node.Advance(1.01);
        for (var i = 61; i <= 80; i++)
            Ping(i);
        Assert.Equal(SerfQueries.MaxExpressions + SerfQueries.ExpressionsPerSecond, Responses().Length);

        void Ping(int i) => Receive(SerfBytes.Query("_serf_ping", "agent", (uint)i, time: (ulong)i, flags: QueryFlags.Ack, filters: [SerfBytes.TagFilter("role", "^.*$")]));
    }

    [Fact]
    public void A_recording_of_a_query_from_before_its_join_changes_nothing()
    {
        // An old exchange, played before the join, does not open the door to old queries for longer than until it.
        Meet(queryTime: 50);
        _node.Do((_, now) => _serf.Joined(now));
        Receive(SerfBytes.Query("_serf_install-key", "agent", 5, time: 49, payload: SerfBytes.KeyRequest(New)));
        Assert.Equal([Old], _ring.Keys);
        Assert.True(Ask("_serf_list-keys", 51).IsDone);
    }

    [Fact]
    public void A_ping_is_acked_where_that_is_wanted_and_has_no_other_answer()
    {
        Receive(SerfBytes.Query("_serf_ping", "agent", 5, time: 5));
        Assert.Empty(Responses());
        Receive(SerfBytes.Query("_serf_ping", "agent", 6, time: 6, flags: QueryFlags.Ack));
        Assert.True(SerfCodec.TryRead(Assert.Single(Responses()).Bytes.AsSpan(2), out QueryResponse ack));
        Assert.Equal((6U, 6UL, QueryFlags.Ack, true), (ack.Id, ack.Time, ack.Flags, ack.Payload.IsEmpty));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 2)] // of four members one asks and one answers
    [InlineData(4, 0)] // as with agents: too few for it to be worth it
    [InlineData(255, 0)]
    public void An_answer_goes_by_as_many_others_as_are_wanted(byte wanted, int expected)
    {
        Receive(SerfBytes.Query("_serf_ping", "agent", 6, flags: QueryFlags.Ack, relays: wanted));
        var direct = Assert.Single(Responses());
        Assert.Equal(LoneNode.AddressOf("agent"), direct.To);
        var relayed = UserMessages(SerfMessageType.Relay);
        Assert.Equal(expected, relayed.Length);
        Assert.Equal(expected, relayed.Select(static sent => sent.To).Distinct().Count());
        Assert.All(relayed, sent =>
        {
            Assert.Contains(sent.To, new[] { LoneNode.AddressOf("other"), LoneNode.AddressOf("third") });
            Assert.True(SerfCodec.TryRead(sent.Bytes.AsSpan(2), out RelayMessage relay));
            Assert.Equal(LoneNode.AddressOf("agent"), relay.To);
            Assert.True(relay.Name.SequenceEqual("agent"u8) && relay.Message.SequenceEqual(direct.Bytes.AsSpan(1)));
        });
    }

    [Fact]
    public void However_many_relays_are_wanted_there_are_few()
    {
        for (var i = 0; i < 300; i++)
            _node.Alive($"n{i}");
        Receive(SerfBytes.Query("_serf_ping", "agent", 6, flags: QueryFlags.Ack, relays: 255));
        Assert.Equal(QueryReplies.MaxRelays, UserMessages(SerfMessageType.Relay).Length);
    }

    [Theory]
    [InlineData("other", true)]
    [InlineData("", true)] // an old agent gives no name
    [InlineData("third", false)] // that is not where it is
    public void An_answer_is_passed_on_to_a_member(string name, bool isSent)
    {
        Receive(Relay("other", name, Response()));
        var passed = Responses();
        Assert.Equal(isSent, passed.Length == 1);
        Assert.Equal(isSent ? 0 : 1, _serf.Events.Count(static told => told.Kind == SerfEventKind.Refused));
        if (isSent)
            Assert.Equal((LoneNode.AddressOf("other"), Convert.ToHexString(Response())), (passed[0].To, Convert.ToHexString(passed[0].Bytes.AsSpan(1))));
    }

    [Fact]
    public void Nothing_is_passed_on_to_a_stranger_nor_what_is_no_answer()
    {
        var sent = _node.Sent.Count;
        Receive(Relay("stranger", "", Response()));
        Receive(Relay("stranger", "stranger", Response()));
        Receive(Relay("other", "other", [(byte)SerfMessageType.UserEvent, 0x80]));
        Receive(Relay("other", "other", Relay("third", "third", Response())));
        Receive(Relay("other", "other", []));
        Receive(Relay("other", "other", [.. Response(), .. new byte[QueryReplies.MaxLength]]));
        Assert.Equal(sent, _node.Sent.Count);
    }

    [Fact]
    public void All_live_members_are_asked_and_each_counts_once()
    {
        _node.Dead("third", 1, "other");
        var query = AskAll(KeyOperation.List);
        Assert.Equal(LoneNode.Seconds(16 * 0.2), query.Timeout);
        Respond(query, "agent", Old);
        Respond(query, "agent", New);
        Respond(query, "stranger", New);
        Respond(query, "third", New);
        Assert.DoesNotContain(_serf.Events, static told => told.Kind == SerfEventKind.QueryAnswered);
        Respond(query, "other", Old, New);
        Assert.Equal(query.Time, Assert.Single(_serf.Events, static told => told.Kind == SerfEventKind.QueryAnswered).Time);
        var report = _serf.EndKeys(query, KeyOperation.List, null);
        Assert.Equal((3, 3, true), (report.Members, report.Answers, report.IsComplete));
        Assert.Equal(new Dictionary<string, int>(StringComparer.Ordinal) { [Old.ToBase64()] = 3, [New.ToBase64()] = 1 }, report.Keys);
        Assert.Equal(new Dictionary<string, int>(StringComparer.Ordinal) { [Old.ToBase64()] = 3 }, report.PrimaryKeys);
        Respond(query, "third", New); // too late
        Assert.Equal(3, report.Answers);
    }

    [Fact]
    public void Who_is_silent_is_asked_again_alone()
    {
        var query = AskAll(KeyOperation.Add);
        Respond(query, "agent");
        Respond(query, "third");
        _node.Advance(2);
        var sent = _node.Sent.Count;
        _node.Do((_, now) => _serf.AskAgain(query, now));
        Assert.Equal(LoneNode.AddressOf("other"), Assert.Single(_node.Sent.Skip(sent)).To);
        var report = _serf.EndKeys(query, KeyOperation.Add, New);
        Assert.Equal((4, 3, false), (report.Members, report.Answers, report.IsComplete));
        Assert.Equal(["other"], report.Silent);
        Assert.Equal([Old, New], _ring.Keys);
    }

    [Fact]
    public void What_members_say_of_their_failure_is_told()
    {
        var query = AskAll(KeyOperation.Use);
        Respond(query, "agent", KeyAnswer.Failed("it is not there"));
        Respond(query, "other", [6, 0x80]);
        Respond(query, "third", KeyAnswer.Failed("")); // an agent that could not read the request
        Assert.Equal([Old], _ring.Keys);
        _ring.Add(New);
        var report = _serf.EndKeys(query, KeyOperation.Use, New);
        Assert.Equal((4, 4, false), (report.Members, report.Answers, report.IsComplete));
        Assert.Equal(["agent", "other", "third"], report.Failures.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("it is not there", report.Failures["agent"]);
        Assert.Equal(New, _ring.Primary);
    }

    [Fact]
    public void An_answer_of_another_number_or_time_is_not_one()
    {
        var query = AskAll(KeyOperation.List);
        Respond(new(query.Time, query.Id + 1, default, [], default), "agent", Old);
        Respond(new(query.Time + 1, query.Id, default, [], default), "agent", Old);
        Assert.Empty(query.Answers);
    }

    [Fact]
    public void So_many_queries_are_open_and_no_more()
    {
        List<OwnQuery?> queries = [];
        _node.Do((_, now) =>
        {
            for (var i = 0; i <= SerfQueries.MaxOwn; i++)
                queries.Add(_serf.AskKeys(KeyOperation.List, null, now));
        });
        Assert.Null(queries[^1]);
        _serf.Drop(queries[0]!);
        _node.Do((_, now) => Assert.NotNull(_serf.AskKeys(KeyOperation.List, null, now)));
    }

    private void Meet(ulong queryTime) => Meet(_serf, queryTime);

    private static void Meet(SerfLayer serf, ulong queryTime)
    {
        var state = new ArrayBufferWriter<byte>();
        var clock = new LamportClock();
        clock.Witness(queryTime - 1);
        SerfState.Write(state, new(), new(), clock, new(), new(), default);
        serf.MergeState(state.WrittenSpan, join: true, default, 0);
    }

    private KeyAnswer Ask(string name, GossipKey key) => Ask(name, SerfBytes.KeyRequest(key));

    private KeyAnswer Ask(string name, ulong time)
    {
        Receive(SerfBytes.Query(name, "agent", 99, time: time));
        Assert.True(SerfCodec.TryRead(Responses()[^1].Bytes.AsSpan(2), out QueryResponse response));
        Assert.Equal(99U, response.Id);
        return SerfCodec.ReadKeyAnswer(response.Payload)!;
    }

    private KeyAnswer Ask(string name, byte[] payload)
    {
        var number = (uint)Responses().Length + 1;
        Receive(SerfBytes.Query(name, "agent", number, time: number, payload: payload));
        var (to, bytes) = Responses()[^1];
        Assert.Equal((LoneNode.AddressOf("agent"), number), (to, (uint)Responses().Length));
        Assert.True(SerfCodec.TryRead(bytes.AsSpan(2), out QueryResponse response));
        Assert.Equal((number, (ulong)number, "me"), (response.Id, response.Time, Encoding.UTF8.GetString(response.From)));
        return SerfCodec.ReadKeyAnswer(response.Payload)!;
    }

    private OwnQuery AskAll(KeyOperation operation)
    {
        OwnQuery? query = null;
        _node.Do((_, now) => query = _serf.AskKeys(operation, operation == KeyOperation.List ? null : New, now));
        return query!;
    }

    private void Respond(OwnQuery query, string from, params GossipKey[] keys)
    {
        var texts = keys.Select(static key => key.ToBase64()).ToArray();
        Respond(query, from, new KeyAnswer(IsDone: true, "", texts, texts.FirstOrDefault(""))); // as the newest agents do
    }

    private void Respond(OwnQuery query, string from, KeyAnswer answer) => Respond(query, from, SerfCodec.Write(answer));

    private void Respond(OwnQuery query, string from, byte[] payload)
    {
        var response = new QueryResponse(query.Time, query.Id, LoneNode.Bytes(from), QueryFlags.None, payload);
        Receive(_buffer.AsSpan(0, SerfCodec.Write(_buffer, response)).ToArray());
    }

    private static byte[] Relay(string to, string name, byte[] message)
    {
        var buffer = new byte[4096];
        return buffer[..SerfCodec.Write(buffer, new RelayMessage(LoneNode.AddressOf(to), LoneNode.Bytes(name), message))];
    }

    private static byte[] Response()
    {
        var buffer = new byte[512];
        return buffer[..SerfCodec.Write(buffer, new QueryResponse(9, 9, "third"u8, QueryFlags.None, "payload"u8))];
    }

    private void Receive(ReadOnlySpan<byte> message) => _node.Receive([8, .. message], LoneNode.AddressOf("agent"));

    private (NodeAddress To, byte[] Bytes)[] Responses() => UserMessages(SerfMessageType.QueryResponse);

    private (NodeAddress To, byte[] Bytes)[] UserMessages(SerfMessageType type) =>
        [.. _node.Sent.Where(sent => sent.Bytes.Length > 1 && sent.Bytes[0] == (byte)MessageType.User && sent.Bytes[1] == (byte)type).Select(static sent => (sent.To, sent.Bytes))];
}
