using System.Buffers;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Serf;
using Rollcall.Gossip.Tests.Protocol;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Tests.Serf;

/// <summary>How much of what others send is kept, and how much of it goes out again.</summary>
public sealed class SerfBoundsTests
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly Filler _filler = new();
    private readonly SerfLayer _serf;
    private readonly LoneNode _node;

    public SerfBoundsTests()
    {
        _serf = new("me"u8.ToArray(), new Random(1), inner: _filler);
        _node = new(LoneNode.Quiet, application: _serf);
        _node.Alive("agent");
        _serf.ClearEvents();
    }

    [Theory]
    [InlineData(SerfLayer.MaxEventReceived, true)]
    [InlineData(SerfLayer.MaxEventReceived + 1, false)]
    [InlineData(60 * 1024, false)]
    public void An_event_that_comes_in_has_a_length(int length, bool isTaken)
    {
        var payload = new byte[length - "deploy".Length];
        Receive(Event(3, "deploy", payload));
        Assert.Equal(isTaken ? SerfEventKind.UserEvent : SerfEventKind.Refused, Assert.Single(_serf.Events).Kind);
        _serf.ClearEvents();
        Merge(SerfBytes.State(eventTime: 9, events: [(4, "deploy", payload)]));
        Assert.Equal(isTaken ? SerfEventKind.UserEvent : SerfEventKind.Refused, Assert.Single(_serf.Events).Kind);
        Assert.Equal(isTaken ? 2 : 0, Read().Events.Count);
    }

    [Fact]
    public void A_query_has_a_length()
    {
        Receive(SerfBytes.Query(new('x', 2000), "agent", 1, flags: QueryFlags.Ack));
        Assert.Equal([SerfEventKind.Refused], Kinds());
        Assert.Empty(_node.Sent);
    }

    [Fact]
    public void Events_are_kept_in_so_many_bytes_and_those_forgotten_are_not_new_again()
    {
        const int Count = 3 * RecentEvents.MaxBytes / SerfLayer.MaxEventReceived;
        var payload = new byte[SerfLayer.MaxEventReceived - 8];
        for (var time = 1; time <= Count; time++)
            Receive(Event((ulong)time, "deploy", payload));
        Assert.Equal(Count, _serf.Events.Count);
        Assert.InRange(Write().Length, RecentEvents.MaxBytes / 2, RecentEvents.MaxBytes);
        var kept = Read().Events;
        Assert.Equal((ulong)Count, kept[^1].Time);
        _serf.ClearEvents();
        for (var time = 1; time <= Count; time++)
            Receive(Event((ulong)time, "deploy", payload));
        Assert.Empty(_serf.Events);
    }

    [Fact]
    public void A_state_of_many_small_events_is_read_up_to_what_is_kept_of_them()
    {
        const int Count = 2 * RecentEvents.Times * RecentEvents.MaxAtOneTime;
        var events = new (ulong, string, byte[])[Count];
        for (var i = 0; i < Count; i++)
            events[i] = ((ulong)i + 1, "", []);
        Assert.Equal(RecentEvents.Times * RecentEvents.MaxAtOneTime, SerfState.Read(SerfBytes.State(eventTime: Count, events: events))!.Events.Count);
    }

    [Fact]
    public void What_does_not_fit_an_exchange_is_left_out_the_oldest_first()
    {
        var payload = new byte[8 * 1024];
        for (var time = 1; time <= 100; time++)
            Receive(Event((ulong)time, "deploy", payload));
        _filler.Length = _node.Core.StateRoom - (512 * 1024);
        var read = Read();
        Assert.Equal(_filler.Length, read.Application.Length);
        Assert.InRange(read.Events.Count, 55, 64);
        Assert.Equal((100UL - (ulong)read.Events.Count + 1, 100UL), (read.Events[0].Time, read.Events[^1].Time));
        Assert.Contains(read.Statuses, static status => status.Name == "agent");
        Assert.InRange(Exchange(), 0, WireLimits.MaxStreamBytes);
    }

    [Fact]
    public void An_application_that_writes_too_much_is_left_out()
    {
        _filler.Length = WireLimits.MaxStreamBytes - 100;
        var read = Read();
        Assert.Empty(read.Application);
        Assert.Contains(read.Statuses, static status => status.Name == "agent");
        Assert.True(_filler.WasRefused);
    }

    [Fact]
    public void Names_of_members_that_cannot_be_said_do_not_end_exchanges()
    {
        // Each byte that is no UTF-8 becomes three, which is longer than a name may be.
        AddMember(Enumerable.Repeat((byte)0x80, 255).ToArray(), []);
        Assert.Contains(Read().Statuses, static status => status.Name == "agent");
        Assert.NotNull(SerfState.Read(SerfBytes.State(time: 9, statuses: [(new('x', 300), 3), ("agent", 4)])));
    }

    [Fact]
    public void A_conflict_is_answered_whatever_the_member_says_of_itself()
    {
        byte[][] metas =
        [
            Enumerable.Repeat((byte)0x80, 512).ToArray(),
            [0xff, 0x81, 0xa1, (byte)'k', 0xda, 0x01, 0xf0, .. Enumerable.Repeat((byte)0x80, 0x1f0)],
            [0xff, .. Enumerable.Repeat((byte)0xdf, 511)],
            [0xff, 0x8f, .. Enumerable.Range(0, 15).SelectMany(static at => new byte[] { 0xa3, (byte)(0x80 + at), 0xff, 0xfe, 0xa2, 0xff, 0xfe })],
            SerfTags.Encode(Enumerable.Range(0, 60).ToDictionary(static at => $"k{at}", static _ => "v", StringComparer.Ordinal))!,
            SerfTags.Encode(new Dictionary<string, string>(StringComparer.Ordinal) { ["k"] = new('v', 500) })!,
            [],
        ];
        for (var at = 0; at < metas.Length; at++)
        {
            foreach (var name in new[] { LoneNode.Bytes($"m{at}"), [.. LoneNode.Bytes($"m{at}"), .. Enumerable.Repeat((byte)0xfe, 250)] })
            {
                AddMember(name, metas[at]);
                var sent = _node.Sent.Count;
                Receive(SerfBytes.Query("_serf_conflict", "agent", (uint)(at * 1000) + (uint)name.Length, payload: name));
                var answer = Assert.Single(_node.Sent.Skip(sent), static message => message.Bytes is [8, (byte)SerfMessageType.QueryResponse, ..]);
                Assert.True(SerfCodec.TryRead(answer.Bytes.AsSpan(2), out QueryResponse response));
                Assert.Equal([6, 0x8b, 0xa4, (byte)'A', (byte)'d', (byte)'d', (byte)'r'], response.Payload[..7].ToArray());
                var reader = new MsgPackReader(response.Payload[1..]);
                Assert.True(reader.TrySkip() && reader.Remaining == 0);
            }
        }
    }

    [Fact]
    public void A_refusal_however_long_is_answered()
    {
        var answer = KeyQueries.Fit(KeyAnswer.Failed(new('\u00e4', 5000)), 700);
        Assert.InRange(answer.Length, 300, 700);
        Assert.StartsWith("\u00e4\u00e4", SerfCodec.ReadKeyAnswer(answer)!.Words, StringComparison.Ordinal);
    }

    private void AddMember(byte[] name, byte[] meta)
    {
        var length = MessageCodec.Write(_buffer, new Alive(1, name, LoneNode.AddressOf("somewhere"), meta, ProtocolVersions.Default));
        _node.Receive(_buffer.AsSpan(0, length).ToArray(), LoneNode.AddressOf("agent"));
    }

    private byte[] Event(ulong time, string name, byte[] payload) => _buffer[..SerfCodec.Write(_buffer, new UserEvent(time, LoneNode.Bytes(name), payload, coalesces: false))];

    private void Receive(ReadOnlySpan<byte> message) => _node.Receive([8, .. message], LoneNode.AddressOf("agent"));

    private void Merge(byte[] state) => _node.Do((_, now) => _serf.MergeState(state, join: false, default, now));

    private byte[] Write()
    {
        var state = new ArrayBufferWriter<byte>();
        _serf.WriteState(join: false, state);
        return state.WrittenSpan.ToArray();
    }

    private SerfState Read() => SerfState.Read(Write())!;

    private int Exchange()
    {
        using var message = new PooledBuffer(WireLimits.MaxStreamBytes);
        _node.Core.WriteState(message, join: false);
        return message.Length;
    }

    private SerfEventKind[] Kinds() => [.. _serf.Events.Select(static told => told.Kind)];

    /// <summary>An application that writes so many bytes where it may.</summary>
    private sealed class Filler : IGossipApplication
    {
        public int Length { get; set; }

        public bool WasRefused { get; private set; }

        public void MemberChanged(in ProtocolEvent change)
        {
        }

        public void MessageReceived(ReadOnlySpan<byte> message, NodeAddress from, long now)
        {
        }

        public void WriteState(bool join, IBufferWriter<byte> state)
        {
            try
            {
                state.GetSpan(Length);
                state.Advance(Length);
            }
            catch (InvalidOperationException)
            {
                WasRefused = true;
            }
        }

        public void MergeState(ReadOnlySpan<byte> state, bool join, NodeAddress from, long now)
        {
        }

        public int WriteAckPayload(Span<byte> destination) => 0;

        public void AckReceived(NodeRecord from, ReadOnlySpan<byte> payload, long elapsed, long now)
        {
        }

        public void Transmitted(long token, long now)
        {
        }
    }
}
