using System.Security.Cryptography;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Tests.Wire;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Tests.Conformance;

/// <summary>Statements 12 and 13 of the reference, and the framing of 20: one message in each direction of a stream.</summary>
public sealed class StreamConformance
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void S12_A_stream_authenticates_its_head_and_label(bool labelled)
    {
        var options = Packets.Encrypted with { Label = labelled ? "lab-1"u8.ToArray() : [] };
        var bytes = Streams.Encode(options, Captures.Ping, toAcceptor: false);
        Assert.Equal(10, bytes[0]);
        Assert.Equal(Captures.Ping.Length + 29, (bytes[3] << 8) | bytes[4]);
        Assert.Equal(bytes.Length - 5, (bytes[3] << 8) | bytes[4]);

        // By hand, so that both sides cannot agree on the same mistake.
        using var aes = new AesGcm(Captures.Key, 16);
        var plain = new byte[Captures.Ping.Length];
        aes.Decrypt(bytes.AsSpan(6, 12), bytes.AsSpan(18, plain.Length), bytes.AsSpan(18 + plain.Length), plain, [.. bytes.AsSpan(0, 5), .. options.Label]);
        Assert.Equal(Captures.Ping, plain);
        Assert.Equal(Captures.ToHex(Captures.Ping), Arrival.Of(options, bytes, fromDialer: false).Message);
    }

    [Fact]
    public void S12_The_head_of_a_frame_cannot_be_changed()
    {
        var bytes = Streams.Encode(Packets.Encrypted, Captures.Ping);
        bytes[4]++;
        var content = Arrival.Of(Packets.Encrypted, [.. bytes, 0]);
        Assert.Equal("no key decrypts it", content.Refusal);
        Assert.NotNull(content.ErrorReply);
    }

    [Theory]
    [InlineData(20 * 1024 * 1024, false)]
    [InlineData((20 * 1024 * 1024) + 1, true)]
    [InlineData(-1, true)]
    public void S12_A_frame_has_at_most_20_MiB(int length, bool refused)
    {
        var content = Arrival.Of(Packets.Encrypted, [10, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length]);
        Assert.Equal(refused ? StreamStatus.Refused : StreamStatus.NeedsMore, content.Status);
        Assert.Equal(refused, content.ErrorReply is not null);
    }

    [Fact]
    public void S13_A_packet_that_no_key_decrypts_is_dropped_or_read_as_it_is()
    {
        var packet = Packets.Make(Packets.Plain, crc: true, Captures.Ping);
        Assert.Empty(Contents.Of(Packets.Encrypted, packet).Messages);
        Assert.Single(Contents.Of(Packets.Encrypted with { VerifyIncoming = false }, packet).Messages);
        Assert.Single(Contents.Of(Packets.Encrypted with { VerifyIncoming = false }, Captures.EncryptedPing).Messages);

        // Without a key its version is taken for a type, and nothing behind it makes sense.
        Assert.False(MessageCodec.TryRead(Captures.EncryptedPing.AsSpan(1), out IndirectPing _, out _));
    }

    [Fact]
    public void S13_A_plain_stream_is_told_that_it_should_not_be_or_is_accepted()
    {
        var refused = Arrival.Of(Packets.Encrypted, Captures.Ping);
        Assert.Equal("Encryption is configured but remote state is not encrypted", refused.ErrorReply);
        Assert.Equal(StreamStatus.Complete, Arrival.Of(Packets.Encrypted with { VerifyIncoming = false }, Captures.Ping).Status);
        Assert.Equal(
            StreamStatus.Complete,
            Arrival.Of(Packets.Encrypted with { VerifyIncoming = false }, Streams.Encode(Packets.Encrypted, Captures.Ping)).Status);
    }

    [Fact]
    public void S13_An_encrypted_stream_is_told_that_there_is_no_key()
    {
        var refused = Arrival.Of(Packets.Plain, Streams.Encode(Packets.Encrypted, Captures.Ping));
        Assert.Equal("Remote state is encrypted and encryption is not configured", refused.ErrorReply);
        Assert.Equal(StreamStatus.Refused, refused.Status);
    }

    [Fact]
    public void S13_A_dialer_answers_no_refusal() =>
        Assert.Null(Arrival.Of(Packets.Encrypted, Captures.Ping, fromDialer: false).ErrorReply);

    [Fact]
    public void S13_Without_verifying_what_goes_out_it_goes_plain()
    {
        var options = Packets.Encrypted with { VerifyOutgoing = false };
        Assert.Equal(Captures.Ping, Packets.Make(options, crc: false, Captures.Ping));
        Assert.Equal(Captures.Ping, Streams.Encode(options, Captures.Ping));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public void S20_An_exchange_is_read_in_pieces_of_any_size(int pieces)
    {
        var message = Streams.PushPull(nodes: 40, stateLength: 588);
        WireOptions[] all =
        [
            Packets.Plain with { Compress = false },
            Packets.Plain,
            Packets.Encrypted,
            Packets.Encrypted with { Label = "lab-1"u8.ToArray(), EncryptionVersion = 0 },
        ];
        foreach (var options in all)
        {
            var bytes = Streams.Encode(options, message);
            Assert.Equal(Captures.ToHex(message), Arrival.Of(options, bytes, pieces: pieces).Message);
            Assert.Equal(StreamStatus.NeedsMore, Arrival.Of(options, bytes.AsSpan(0, bytes.Length - 1), pieces: pieces).Status);
        }

        Assert.True(Streams.Encode(all[1], message).Length < message.Length / 2);
    }

    [Theory]
    [InlineData("0680")] // no nodes, no state, no keys
    [InlineData("0681a54e6f64657300")]
    [InlineData("0280")]
    [InlineData("0881aa557365724d73674c656e00")]
    [InlineData("0d81a54572726f72a161")]
    public void S20_What_a_header_leaves_out_is_none(string message) =>
        Assert.Equal(message, Arrival.Of(Packets.Plain, [.. Captures.FromHex(message), 0xff]).Message);

    [Theory]
    [InlineData("0681a54e6f646573ff")]
    [InlineData("0681a54e6f646573ce00100001")]
    [InlineData("0681a54e6f646573cf7fffffffffffffff")]
    [InlineData("0681ac5573657253746174654c656eff")]
    [InlineData("0681ac5573657253746174654c656ece01400001")]
    [InlineData("0881aa557365724d73674c656eff")]
    [InlineData("0881aa557365724d73674c656ece01400001")]
    public void S20_A_negative_or_huge_count_is_refused_before_anything_is_allocated_for_it(string message)
    {
        var content = Arrival.Of(Packets.Plain, Captures.FromHex(message));
        Assert.Equal(StreamStatus.Refused, content.Status);
        Assert.Null(content.ErrorReply);
    }

    [Theory]
    [InlineData("03")]
    [InlineData("07")]
    [InlineData("ff")]
    [InlineData("0601")]
    [InlineData("06c1")]
    public void S20_A_type_or_body_that_no_stream_has_is_refused_without_a_reply(string message)
    {
        var content = Arrival.Of(Packets.Plain, Captures.FromHex(message));
        Assert.Equal(StreamStatus.Refused, content.Status);
        Assert.Null(content.ErrorReply);
    }

    [Fact]
    public void S20_What_cannot_be_expanded_is_answered()
    {
        Assert.NotNull(Arrival.Of(Packets.Plain, Packets.CompressedAs([1, 2, 3])).ErrorReply);
        Assert.NotNull(Arrival.Of(Packets.Plain, Packets.CompressedAs([0, 3, 2])).ErrorReply); // nothing
        Assert.NotNull(Arrival.Of(Packets.Plain, Packets.CompressedAs([0, 3, 2], algorithm: 7)).ErrorReply);
        Assert.NotNull(Arrival.Of(Packets.Plain, Packets.Compress(Packets.Compress(Captures.Ping))).ErrorReply);
    }

    [Fact]
    public void S20_A_stream_expands_up_to_its_cap_and_no_further()
    {
        var atCap = new byte[WireLimits.MaxStreamBytes];
        var head = MessageCodec.Write(atCap, new UserMessageHeader(WireLimits.MaxStreamBytes - 18));
        Assert.Equal(18, head);
        Assert.Equal(StreamStatus.Complete, Arrival.Of(Packets.Plain, Packets.Compress(atCap)).Status);
        var above = Arrival.Of(Packets.Plain, Packets.Compress([.. atCap, 0]));
        Assert.Equal(Compression.TooLarge, above.Refusal);
    }

    [Fact]
    public void An_element_that_only_grows_is_cut_off()
    {
        byte[] endless = [6, 0xdf, 0, 1, 0, 0, .. Enumerable.Repeat((byte)1, 20_000)];
        Assert.Equal("it is longer than is accepted", Arrival.Of(Packets.Plain, endless, pieces: 1).Refusal);
        byte[] wide = [6, 0x81, 0xda, 0x40, 0, .. new byte[0x4000]];
        Assert.Equal("it is longer than is accepted", Arrival.Of(Packets.Plain, wide, pieces: 1).Refusal);
    }

    [Fact]
    public void An_element_of_very_many_values_is_cut_off_before_they_are_walked_again_and_again()
    {
        byte[] many = [6, 0xde, 0x02, 0x58, .. Enumerable.Repeat((byte)1, 1200)];
        Assert.Equal("it is longer than is accepted", Arrival.Of(Packets.Plain, many).Refusal);
    }

    [Fact]
    public void A_message_that_announces_more_than_is_accepted_is_refused_at_once()
    {
        var head = new byte[20];
        var length = MessageCodec.Write(head, new UserMessageHeader(WireLimits.MaxStreamBytes));
        Assert.Equal("it is longer than is accepted", Arrival.Of(Packets.Plain, head.AsSpan(0, length)).Refusal);
    }

    [Fact]
    public void A_captured_user_message_is_read() =>
        Assert.Equal(Captures.ToHex(Captures.TcpUserMessage), Arrival.Of(Packets.Plain, Captures.TcpUserMessage, pieces: 3).Message);
}
