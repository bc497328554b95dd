using System.Net;
using System.Text;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Tests.Conformance;

/// <summary>Statements 3 to 5 of the reference: what is accepted, and what is refused without harm to others.</summary>
public sealed class DecodingConformance
{
    private const string SeqNo = "a55365714e6f";
    private const string Node = "a44e6f6465";
    private const string Alpha = "a5616c706861";

    [Theory]
    [InlineData("82" + SeqNo + "01" + Node + Alpha)]
    [InlineData("82" + Node + Alpha + SeqNo + "01")]
    [InlineData("83" + SeqNo + "01" + Node + Alpha + "a37a7a7a" + "8201a161029203c4020102")]
    [InlineData("83" + SeqNo + "09" + Node + Alpha + SeqNo + "01")]
    [InlineData("de0002" + SeqNo + "01" + Node + Alpha)]
    [InlineData("82" + SeqNo + "01" + Node + "d905616c706861")]
    [InlineData("82" + SeqNo + "01" + "d9044e6f6465" + Alpha)]
    [InlineData("82" + SeqNo + "01" + Node + "c405616c706861")]
    [InlineData("82" + SeqNo + "01" + Node + Alpha + "ffff")]
    [InlineData("9201" + Alpha)]
    [InlineData("9501" + Alpha + "c0c0c0")]
    [InlineData("9601" + Alpha + "c0c0c09301a16102")]
    public void S03_A_ping_is_read_in_every_form(string body)
    {
        Assert.True(MessageCodec.TryRead(Captures.FromHex(body), out Ping ping, out var refusal), refusal);
        Assert.Equal(1u, ping.SeqNo);
        Assert.Equal("alpha", Encoding.UTF8.GetString(ping.Node));
        Assert.True(ping.Source.IsNone);
    }

    [Fact]
    public void S03_What_is_missing_is_zero_or_empty()
    {
        Assert.True(MessageCodec.TryRead([0x80], out Ping ping, out _));
        Assert.Equal(0u, ping.SeqNo);
        Assert.True(ping.Node.IsEmpty);
    }

    [Theory]
    [InlineData("85a5")]
    [InlineData("81" + SeqNo)]
    [InlineData("81" + Node + "a561")]
    [InlineData("c0")]
    [InlineData("")]
    [InlineData("8101a101")]
    public void S03_A_truncated_message_is_refused(string body)
    {
        Assert.False(MessageCodec.TryRead(Captures.FromHex(body), out Ping _, out var refusal));
        Assert.NotNull(refusal);
    }

    [Theory]
    [InlineData("c8", null)]
    [InlineData("64", 100u)]
    [InlineData("cc64", 100u)]
    [InlineData("cd0064", 100u)]
    [InlineData("ce00000064", 100u)]
    [InlineData("cf0000000000000064", 100u)]
    [InlineData("d064", 100u)]
    [InlineData("d10064", 100u)]
    [InlineData("d200000064", 100u)]
    [InlineData("d30000000000000064", 100u)]
    [InlineData("c0", 0u)]
    [InlineData("ceffffffff", uint.MaxValue)]
    [InlineData("cf0000000100000000", null)]
    [InlineData("ff", null)]
    [InlineData("d0ff", null)]
    [InlineData("d3ffffffffffffffff", null)]
    [InlineData("ca42c80000", null)]
    [InlineData("cb4059000000000000", null)]
    [InlineData("a131", null)]
    public void S04_A_number_is_accepted_in_every_form_that_fits(string form, uint? expected)
    {
        var accepted = MessageCodec.TryRead(Captures.FromHex("81" + SeqNo + form), out Nack nack, out var refusal);
        Assert.Equal(expected, accepted ? nack.SeqNo : null);
        Assert.Equal(accepted, refusal is null);
    }

    [Theory]
    [InlineData("cd461b", 17947)]
    [InlineData("ce0000461b", 17947)]
    [InlineData("ce00010000", null)]
    [InlineData("d2fffffff0", null)]
    public void S04_A_port_has_sixteen_bits(string form, int? expected)
    {
        var accepted = MessageCodec.TryRead(Captures.FromHex("82aa536f7572636541646472a47f000001aa536f75726365506f7274" + form), out Ping ping, out _);
        Assert.Equal(expected, accepted ? ping.Source.Port : null);
    }

    [Theory]
    [InlineData("c3", true)]
    [InlineData("c2", false)]
    [InlineData("01", true)]
    [InlineData("00", false)]
    [InlineData("c0", false)]
    [InlineData("02", null)]
    public void S04_A_flag_may_be_zero_or_one(string form, bool? expected)
    {
        var accepted = MessageCodec.TryRead(Captures.FromHex("81a44e61636b" + form), out IndirectPing ping, out _);
        Assert.Equal(expected, accepted ? ping.Nack : null);
    }

    [Theory]
    [InlineData("d100c8")]
    [InlineData("ccc8")]
    public void S05_The_length_of_a_state_is_read_signed_and_unsigned(string form)
    {
        Assert.True(MessageCodec.TryRead(Captures.FromHex("81ac5573657253746174654c656e" + form), out PushPullHeader header, out var consumed, out _));
        Assert.Equal(200, header.UserStateLength);
        Assert.Equal(14 + (form.Length / 2), consumed);
    }

    [Theory]
    [InlineData("a47f000001", "a3010203", "a6010502020505")]
    [InlineData("c4047f000001", "c403010203", "c406010502020505")]
    [InlineData("c500047f000001", "d903010203", "c50006010502020505")]
    [InlineData("947f000001", "93010203", "96010502020505")]
    [InlineData("a47f000001", "a3010203", "a701050202050509")]
    public void S05_Bytes_are_read_in_every_form(string address, string meta, string versions)
    {
        Assert.True(MessageCodec.TryRead(AliveBody(address, meta, versions), out Alive alive, out var refusal), refusal);
        Assert.Equal(IPEndPoint.Parse("127.0.0.1:7946"), alive.Address.ToEndPoint());
        Assert.Equal([1, 2, 3], alive.Meta.ToArray());
        Assert.Equal(ProtocolVersions.Default, alive.Versions);
    }

    [Fact]
    public void S05_Bytes_that_are_nil_are_none()
    {
        Assert.True(MessageCodec.TryRead(AliveBody("c0", "c0", "c0"), out Alive alive, out var refusal), refusal);
        Assert.True(alive.Address.IsNone);
        Assert.True(alive.Meta.IsEmpty);
        Assert.Null(alive.Versions);
    }

    [Fact]
    public void S05_Fewer_than_six_versions_are_none()
    {
        Assert.True(MessageCodec.TryRead(AliveBody("a47f000001", "c0", "a3010502"), out Alive alive, out _));
        Assert.Null(alive.Versions);
    }

    [Fact]
    public void S05_An_address_of_five_bytes_is_refused() =>
        Assert.False(MessageCodec.TryRead(AliveBody("a57f00000101", "c0", "c0"), out Alive _, out _));

    [Theory]
    [InlineData(255, 512, true)]
    [InlineData(256, 512, false)]
    [InlineData(255, 513, false)]
    [InlineData(0, 0, false)]
    public void Names_and_metadata_have_their_limits(int nameBytes, int metaBytes, bool accepted)
    {
        var bytes = new byte[2000];
        var written = MessageCodec.Write(bytes, new Alive(1, new byte[nameBytes], NodeAddress.From([127, 0, 0, 1], 1), new byte[metaBytes], ProtocolVersions.Default));
        Assert.Equal(accepted, MessageCodec.TryRead(bytes.AsSpan(1, written - 1), out Alive _, out _));
        var node = new PushPullNode(new byte[nameBytes], NodeAddress.From([127, 0, 0, 1], 1), new byte[metaBytes], 1, MemberState.Alive, ProtocolVersions.Default);
        written = MessageCodec.Write(bytes, node);
        Assert.Equal(accepted, MessageCodec.TryRead(bytes.AsSpan(0, written), out PushPullNode _, out var consumed, out _));
        Assert.Equal(written, consumed); // whoever goes on to the next can
    }

    private static byte[] AliveBody(string address, string meta, string versions) => Captures.FromHex(
        "85a44e6f6465a161" + "a44d657461" + meta + "a356736e" + versions + "a441646472" + address + "a4506f7274cd1f0a");
}
