using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Tests.Conformance;

/// <summary>Statements 1 and 2 of the reference: what is sent, byte for byte.</summary>
public sealed class EncodingConformance
{
    private static readonly NodeAddress Beta = NodeAddress.From([127, 0, 0, 1], 17947);
    private static readonly NodeAddress Gamma = NodeAddress.From([127, 0, 0, 1], 17948);

    private readonly byte[] _buffer = new byte[2048];

    [Fact]
    public void S01_A_ping_is_as_captured() =>
        AssertBytes(Captures.Ping, MessageCodec.Write(_buffer, new Ping(1, "alpha"u8, Beta, "beta"u8)));

    [Fact]
    public void S01_An_indirect_ping_is_as_captured() =>
        AssertBytes(Captures.IndirectPing, MessageCodec.Write(_buffer, new IndirectPing(5, Gamma, "gamma"u8, nack: true, Beta, "beta"u8)));

    [Fact]
    public void S01_A_nack_is_as_captured() => AssertBytes(Captures.Nack, MessageCodec.Write(_buffer, new Nack(5)));

    [Fact]
    public void S01_An_ack_without_payload_is_as_captured() => AssertBytes(Captures.Ack, MessageCodec.Write(_buffer, new Ack(5, default)));

    [Fact]
    public void S01_A_suspect_is_as_captured() =>
        AssertBytes(Captures.CrcSuspect.AsSpan(5), MessageCodec.Write(_buffer, new Suspect(1, "gamma"u8, "beta"u8)));

    [Fact]
    public void S01_An_alive_is_as_captured() =>
        AssertBytes(Captures.CrcAlive.AsSpan(5), MessageCodec.Write(_buffer, new Alive(2, "gamma"u8, Gamma, [0xff, 0x80], ProtocolVersions.Default)));

    [Fact]
    public void S01_A_dead_is_as_captured() =>
        AssertBytes(Captures.CrcDead.AsSpan(5), MessageCodec.Write(_buffer, new Dead(2, "gamma"u8, "beta"u8)));

    [Fact]
    public void S01_A_leave_is_as_captured() =>
        AssertBytes(Captures.CrcLeft.AsSpan(5), MessageCodec.Write(_buffer, new Dead(1, "beta"u8, "beta"u8)));

    [Fact]
    public void S01_A_push_pull_is_as_captured()
    {
        var written = MessageCodec.Write(_buffer, new PushPullHeader(1, 588, join: true));
        written += MessageCodec.Write(
            _buffer.AsSpan(written), new PushPullNode("beta"u8, Beta, [0xff, 0x80], 1, MemberState.Alive, ProtocolVersions.Default));
        AssertBytes(Captures.PushPullHead, written);
    }

    [Theory]
    [InlineData(31, "bf")]
    [InlineData(32, "da0020")]
    [InlineData(130, "da0082")]
    [InlineData(255, "da00ff")]
    [InlineData(256, "da0100")]
    public void S02_A_length_never_takes_the_forms_that_old_peers_do_not_know(int length, string head)
    {
        var written = MessageCodec.Write(_buffer, new Ack(5, new byte[length]));
        Assert.Equal($"0282a75061796c6f6164{head}", Captures.ToHex(_buffer.AsSpan(0, 10 + (head.Length / 2))));
        Assert.Equal(10 + (head.Length / 2) + length + 7, written);
    }

    [Theory]
    [InlineData(0u, "00")]
    [InlineData(127u, "7f")]
    [InlineData(128u, "cc80")]
    [InlineData(255u, "ccff")]
    [InlineData(256u, "cd0100")]
    [InlineData(65535u, "cdffff")]
    [InlineData(65536u, "ce00010000")]
    [InlineData(uint.MaxValue, "ceffffffff")]
    public void S02_A_number_takes_its_smallest_unsigned_form(uint number, string form)
    {
        var written = MessageCodec.Write(_buffer, new Nack(number));
        Assert.Equal($"0b81a55365714e6f{form}", Captures.ToHex(_buffer.AsSpan(0, written)));
    }

    [Fact]
    public void S02_What_is_empty_of_a_source_is_left_out()
    {
        var written = MessageCodec.Write(_buffer, new Ping(1, "alpha"u8, default, default));
        Assert.Equal("0082a44e6f6465a5616c706861a55365714e6f01", Captures.ToHex(_buffer.AsSpan(0, written)));
    }

    private void AssertBytes(ReadOnlySpan<byte> expected, int written) =>
        Assert.Equal(Captures.ToHex(expected), Captures.ToHex(_buffer.AsSpan(0, written)));
}
