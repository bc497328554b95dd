using System.Buffers;
using System.Text;
using Rollcall.Gossip.Serf;

namespace Rollcall.Gossip.Tests.Serf;

/// <summary>Serf's messages against what was captured from agents (section 9 of the reference).</summary>
public sealed class SerfCodecTests
{
    private readonly byte[] _buffer = new byte[2048];

    [Fact]
    public void An_intent_to_join_is_as_captured() =>
        AssertBytes("080182a54c54696d6501a44e6f6465a462657461", SerfCodec.Write(_buffer, new JoinIntent(1, "beta"u8)));

    [Fact]
    public void An_intent_to_leave_is_as_captured() =>
        AssertBytes("080083a54c54696d6502a44e6f6465a462657461a55072756e65c2", SerfCodec.Write(_buffer, new LeaveIntent(2, "beta"u8, prune: false)));

    [Fact]
    public void An_event_is_as_captured() => AssertBytes(
        "080384a24343c3a54c54696d6501a44e616d65a66465706c6f79a75061796c6f6164a97061796c6f61642d31",
        SerfCodec.Write(_buffer, new UserEvent(1, "deploy"u8, "payload-1"u8, coalesces: true)));

    [Fact]
    public void The_ack_of_a_query_is_as_captured() => AssertBytes(
        "080585a5466c61677301a446726f6da5616c706861a24944ce27e87605a54c54696d6501a75061796c6f6164c0",
        SerfCodec.Write(_buffer, new QueryResponse(1, 0x27e87605, "alpha"u8, QueryFlags.Ack, default)));

    [Fact]
    public void What_is_written_is_read()
    {
        var length = SerfCodec.Write(_buffer, new LeaveIntent(ulong.MaxValue, "beta"u8, prune: true));
        Assert.True(SerfCodec.TryRead(_buffer.AsSpan(1, length - 1), out LeaveIntent leave));
        Assert.True(leave.Prune && leave.Time == ulong.MaxValue && leave.Node.SequenceEqual("beta"u8));
        length = SerfCodec.Write(_buffer, new UserEvent(300, "deploy"u8, "p"u8, coalesces: true));
        Assert.True(SerfCodec.TryRead(_buffer.AsSpan(1, length - 1), out UserEvent happened));
        Assert.True(happened.Coalesces && happened.Time == 300 && happened.Name.SequenceEqual("deploy"u8) && happened.Payload.SequenceEqual("p"u8));
    }

    [Fact]
    public void Tags_are_a_marked_map()
    {
        var meta = SerfTags.Encode(new Dictionary<string, string>(StringComparer.Ordinal) { ["role"] = "web", ["dc"] = "east" });
        Assert.Equal("ff82a26463a465617374a4726f6c65a3776562", Convert.ToHexStringLower(meta!));
        Assert.Equal("ff80", Convert.ToHexStringLower(SerfTags.Encode(new Dictionary<string, string>(StringComparer.Ordinal))!));
        var tags = SerfTags.Decode(Captures.FromHex("ff82a4726f6c65a3776562a26463a465617374"));
        Assert.Equal(["dc=east", "role=web"], tags.Select(static tag => $"{tag.Key}={tag.Value}"));
        Assert.Empty(SerfTags.Decode([0xff, 0x80]));
        Assert.Equal(["role=db"], SerfTags.Decode("db"u8).Select(static tag => $"{tag.Key}={tag.Value}"));
        Assert.Equal(["role="], SerfTags.Decode(default).Select(static tag => $"{tag.Key}={tag.Value}"));
        Assert.Empty(SerfTags.Decode([0xff, 0xc1, 0x01]));
    }

    [Theory]
    [InlineData(500, true)]
    [InlineData(506, false)]
    public void Tags_have_512_bytes(int length, bool fits) =>
        Assert.Equal(fits, SerfTags.Encode(new Dictionary<string, string>(StringComparer.Ordinal) { ["key"] = new('x', length) }) is not null);

    [Fact]
    public void The_state_of_an_agent_that_idles_is_read()
    {
        var captured = "0286" + "aa4576656e744c54696d6501" + "a64576656e7473dc0200" + string.Concat(Enumerable.Repeat("c0", 512))
            + "a54c54696d6501ab4c6566744d656d6265727390aa51756572794c54696d6501ac5374617475734c54696d657381a46265746100";
        var bytes = Captures.FromHex(captured);
        Assert.Equal(588, bytes.Length);
        var state = SerfState.Read(bytes);
        Assert.NotNull(state);
        Assert.Equal((1UL, 1UL, 1UL, 0), (state.Time, state.EventTime, state.QueryTime, state.Events.Count));
        Assert.Equal([("beta", 0UL)], state.Statuses);
    }

    [Fact]
    public void A_state_is_read_as_written()
    {
        var clock = new LamportClock();
        clock.Witness(41);
        var members = new SerfMembers();
        members.Joined("alpha", 0);
        members.Join("alpha"u8, 7, 0);
        members.Joined("gone", 0);
        members.Leave("gone"u8, 9, prune: false, 0);
        members.Gone("gone", hasLeft: false, 0);
        var recent = new RecentEvents();
        recent.Add(5, 6, 0, "deploy"u8, "now"u8);
        recent.Add(5, 6, 0, "deploy"u8, "later"u8);
        var buffer = new ArrayBufferWriter<byte>();
        SerfState.Write(buffer, clock, new(), new(), members, recent, "ours"u8);
        var state = SerfState.Read(buffer.WrittenSpan);
        Assert.NotNull(state);
        Assert.Equal(42UL, state.Time);
        Assert.Equal([("alpha", 7UL), ("gone", 9UL)], state.Statuses);
        Assert.Equal(["gone"], state.Left);
        Assert.Equal(["5 deploy now", "5 deploy later"], state.Events.Select(static item => $"{item.Time} {Encoding.UTF8.GetString(item.Name)} {Encoding.UTF8.GetString(item.Payload)}"));
        Assert.Equal("ours"u8, state.Application);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2a80")]
    [InlineData("02")]
    [InlineData("0281a54c54696d65")]
    [InlineData("0281a64576656e7473ddffffffff")]
    [InlineData("0281ac5374617475734c54696d6573dfffffffff")]
    public void A_state_that_is_none_is_not_read(string hex) => Assert.Null(SerfState.Read(Captures.FromHex(hex)));

    [Fact]
    public void No_bytes_make_it_throw()
    {
        var random = new Random(3);
        var valid = Captures.FromHex("0283a54c54696d6501ac5374617475734c54696d657381a46265746100a64576656e747391" + "82a54c54696d6505a64576656e74739182a44e616d65a178a75061796c6f6164a179");
        Assert.Single(SerfState.Read(valid)!.Events);
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = valid.ToArray();
            for (var change = random.Next(1, 6); change > 0; change--)
                bytes[random.Next(1, bytes.Length)] = (byte)random.Next(256);
            SerfState.Read(bytes);
            SerfCodec.TryRead(bytes.AsSpan(1), out UserEvent _);
            SerfCodec.TryRead(bytes.AsSpan(1), out Query _);
            SerfCodec.TryRead(bytes.AsSpan(1), out LeaveIntent _);
            SerfTags.Decode(bytes);
        }
    }

    // As it is on the wire of memberlist, with the type of a user message in front.
    private void AssertBytes(string captured, int length) => Assert.Equal(captured[2..], Convert.ToHexStringLower(_buffer.AsSpan(0, length)));
}
