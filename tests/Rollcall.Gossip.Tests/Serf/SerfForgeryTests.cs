using System.Buffers;
using System.Text;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Serf;
using Rollcall.Gossip.Tests.Protocol;

namespace Rollcall.Gossip.Tests.Serf;

/// <summary>
/// Times that nobody has. An agent believes every time, and one near the end of the numbers turns its clock to 0: such a time must not get to agents by this node, in whatever it says afterwards.
/// </summary>
public sealed class SerfForgeryTests
{
    private const ulong Near = 100;

    private readonly byte[] _buffer = new byte[4096];
    private readonly SerfLayer _serf = new("me"u8.ToArray(), new Random(1), new(new(GossipKey.Generate()), isSealed: true));
    private readonly LoneNode _node;

    public SerfForgeryTests()
    {
        _node = new(LoneNode.Quiet, application: _serf);
        foreach (var name in new[] { "agent", "other" })
        {
            _node.Answering.Add(name);
            _node.Alive(name);
        }

        _serf.ClearEvents();
    }

    public static TheoryData<string, ulong> Forgeries()
    {
        string[] kinds =
        [
            "join me", "join other", "join nobody", "leave me", "leave other", "leave nobody", "event", "query", "relay",
            "clock of members", "clock of events", "clock of queries", "status me", "status other", "status nobody", "left me", "left other", "left nobody", "past event",
        ];
        ulong[] times = [ulong.MaxValue, ulong.MaxValue - 1, ulong.MaxValue - 2, 1UL << 63, LamportClock.MaxJump + 10];
        var data = new TheoryData<string, ulong>();
        foreach (var kind in kinds)
        {
            foreach (var time in times)
                data.Add(kind, time);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public void A_time_far_ahead_never_comes_out_again(string kind, ulong time)
    {
        Forge(kind, time);
        Assert.Contains(_serf.Events, static told => told.Kind == SerfEventKind.Refused);

        // Whatever the node has to say afterwards, in every form it has.
        _node.Advance(3);
        _node.Alive("nobody");
        _node.Do((_, now) => _serf.Joined(now));
        _node.Do((_, now) => _serf.SendEvent("deploy", "now"u8, coalesces: false, now));
        _node.Do((_, now) => _serf.AskKeys(KeyOperation.List, null, now));
        _node.Do((_, now) => _serf.ForceLeave("other", prune: false, now));
        _node.Do((_, now) => _serf.Leave(now));
        _node.Advance(10);
        var said = _node.Sent.Where(static sent => sent.Bytes[0] == (byte)MessageType.User).Select(static sent => TimeOf(sent.Bytes.AsSpan(1))).ToArray();
        Assert.InRange(said.Length, 5 * 4, int.MaxValue);
        Assert.All(said, static at => Assert.InRange(at, 1UL, Near));
        var state = ReadState();
        Assert.All([state.Time, state.EventTime, state.QueryTime, .. state.Statuses.Select(static status => status.Time), .. state.Events.Select(static item => item.Time)], static at => Assert.InRange(at, 0UL, Near));
        Assert.InRange(_serf.Time, 2UL, Near);

        // The leave is the latest that is known of this node, so that agents take it for one.
        _node.Dead("me", 1, "me");
        Assert.Equal(SerfStatus.Left, _serf.StatusOf("me"));
    }

    [Theory]
    [InlineData("other")]
    [InlineData("me")]
    public void A_status_is_older_than_the_clock_it_comes_with(string name)
    {
        Merge(SerfBytes.State(time: 7, statuses: [(name, 7)], left: [name]));
        Assert.Equal(SerfStatus.Alive, _serf.StatusOf(name));
        Assert.Empty(Intents());
        Merge(SerfBytes.State(time: 8, statuses: [(name, 7)], left: [name]));
        Assert.Equal(name == "me" ? SerfStatus.Alive : SerfStatus.Leaving, _serf.StatusOf(name));
        Assert.Equal(name == "me" ? ["join me 8"] : [], Intents());
    }

    [Fact]
    public void Who_was_away_for_long_is_believed()
    {
        Receive(Join("agent", 1_000_000_000));
        Merge(SerfBytes.State(time: 4_000_000_000, eventTime: 4_000_000_000, queryTime: 4_000_000_000, statuses: [("other", 3_999_999_999)], left: ["other"]));
        Assert.Equal((SerfStatus.Leaving, 4_000_000_000UL), (_serf.StatusOf("other"), _serf.Time));
    }

    [Fact]
    public void A_clock_does_not_come_to_its_end_by_jumps()
    {
        var clock = new LamportClock(LamportClock.MaxTime - 5);
        Assert.False(clock.Witness(LamportClock.MaxTime + 1));
        Assert.True(clock.Witness(LamportClock.MaxTime));
        Assert.False(clock.Witness(LamportClock.MaxTime + 2));
        Assert.Equal(LamportClock.MaxTime + 1, clock.Next());
        Assert.True(clock.Witness(LamportClock.MaxTime + 1));
    }

    [Fact]
    public void S38_A_leave_is_the_last_word_of_a_node()
    {
        _node.Do((_, now) => _serf.Leave(now));
        // A join that was begun before, and somebody who says that it has left.
        _node.Do((_, now) => _serf.Joined(now));
        Receive(Leave("me", 9));
        Merge(SerfBytes.State(time: 20, statuses: [("me", 19)], left: ["me"]));
        Assert.Contains("me", ReadState().Left);
        _node.Advance(5);
        Assert.True(_node.Core.IsLeaving);
        _node.Do((_, now) => _serf.Joined(now));
        Assert.Equal(["leave me 1", "leave me 9"], Intents().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Who_has_said_that_it_goes_is_no_joiner_in_an_exchange()
    {
        // An agent takes a status for a join unless it is among those that left, and a leave intent of the same time then comes too late.
        Receive(Leave("other", 5));
        var state = ReadState();
        Assert.Contains("other", state.Left);
        Assert.Contains(("other", 5UL), state.Statuses);
    }

    [Fact]
    public void A_leave_that_finds_the_queue_full_is_sent_to_some_and_done()
    {
        var serf = new SerfLayer("me"u8.ToArray(), new Random(1));
        var node = new LoneNode(LoneNode.Quiet with { MaxQueuedMessages = 4 }, application: serf);
        node.Alive("agent");
        node.Alive("other");
        for (var i = 0; i < 4; i++)
            node.Do((_, now) => serf.SendEvent("flood", [(byte)i], coalesces: false, now));
        node.Do((_, now) => serf.Leave(now));
        var told = node.Sent.Where(static sent => sent.Bytes is [(byte)MessageType.User, (byte)SerfMessageType.LeaveIntent, ..]).Select(static sent => sent.To);
        Assert.Equal([LoneNode.AddressOf("agent"), LoneNode.AddressOf("other")], told.Order(Comparer<NodeAddress>.Create(static (x, y) => string.CompareOrdinal(x.ToString(), y.ToString()))));
        node.Advance(5);
        Assert.Single(node.EventsOf(Gossip.Protocol.EventKind.LeaveSpread));
    }

    private void Forge(string kind, ulong time)
    {
        var words = kind.Split(' ');
        switch (words[0])
        {
            case "join":
                Receive(Join(words[1], time));
                break;
            case "leave":
                Receive(Leave(words[1], time));
                break;
            case "event":
                Receive(_buffer.AsSpan(0, SerfCodec.Write(_buffer, new UserEvent(time, "forged"u8, default, coalesces: false))));
                break;
            case "query":
                Receive(SerfBytes.Query("_serf_ping", "agent", 1, time: time, flags: QueryFlags.Ack, relays: 1));
                break;
            case "relay":
                var response = new byte[256];
                response = response[..SerfCodec.Write(response, new QueryResponse(time, 1, "agent"u8, QueryFlags.None, default))];
                Receive(_buffer.AsSpan(0, SerfCodec.Write(_buffer, new RelayMessage(LoneNode.AddressOf("other"), "other"u8, response))));
                break;
            case "clock":
                Merge(SerfBytes.State(time: words[2] == "members" ? time : 3, eventTime: words[2] == "events" ? time : 3, queryTime: words[2] == "queries" ? time : 3));
                break;
            case "status":
                Merge(SerfBytes.State(time: 3, statuses: [(words[1], time)]));
                break;
            case "left":
                Merge(SerfBytes.State(time: 3, statuses: [(words[1], time)], left: [words[1]]));
                break;
            default:
                Merge(SerfBytes.State(time: 3, eventTime: 3, events: [(time, "forged", [])]));
                break;
        }
    }

    private static ulong TimeOf(ReadOnlySpan<byte> message)
    {
        var body = message[1..];
        switch ((SerfMessageType)message[0])
        {
            case SerfMessageType.JoinIntent:
                Assert.True(SerfCodec.TryRead(body, out JoinIntent join));
                return join.Time;
            case SerfMessageType.LeaveIntent:
                Assert.True(SerfCodec.TryRead(body, out LeaveIntent leave));
                return leave.Time;
            case SerfMessageType.UserEvent:
                Assert.True(SerfCodec.TryRead(body, out UserEvent happened));
                return happened.Time;
            case SerfMessageType.Query:
                Assert.True(SerfCodec.TryRead(body, out Query query));
                return query.Time;
            case SerfMessageType.QueryResponse:
                Assert.True(SerfCodec.TryRead(body, out QueryResponse response));
                return response.Time;
            default:
                Assert.True(SerfCodec.TryRead(body, out RelayMessage relay));
                return TimeOf(relay.Message);
        }
    }

    private byte[] Join(string name, ulong time) => _buffer[..SerfCodec.Write(_buffer, new JoinIntent(time, LoneNode.Bytes(name)))];

    private byte[] Leave(string name, ulong time) => _buffer[..SerfCodec.Write(_buffer, new LeaveIntent(time, LoneNode.Bytes(name), prune: false))];

    private void Receive(ReadOnlySpan<byte> message) => _node.Receive([8, .. message], LoneNode.AddressOf("agent"));

    private void Merge(byte[] state)
    {
        _node.Do((_, now) => _serf.MergeState(state, join: false, default, now));
        _node.Advance(1);
    }

    private SerfState ReadState()
    {
        var state = new ArrayBufferWriter<byte>();
        _serf.WriteState(join: false, state);
        return SerfState.Read(state.WrittenSpan)!;
    }

    private string[] Intents()
    {
        _node.Advance(3);
        return
        [
            .. _node.Sent.Where(static sent => sent.Bytes is [(byte)MessageType.User, 0 or 1, ..])
                .Select(static sent => $"{(sent.Bytes[1] == 0 ? "leave" : "join")} {NameOf(sent.Bytes)} {TimeOf(sent.Bytes.AsSpan(1))}").Distinct(),
        ];
    }

    private static string NameOf(byte[] sent) => SerfCodec.TryRead(sent.AsSpan(2), out JoinIntent intent) ? Encoding.UTF8.GetString(intent.Node) : "";
}
