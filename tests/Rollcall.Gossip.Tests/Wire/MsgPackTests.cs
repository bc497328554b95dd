using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Tests.Wire;

public sealed class MsgPackTests
{
    [Theory]
    [InlineData("00")]
    [InlineData("ff")]
    [InlineData("c0")]
    [InlineData("c3")]
    [InlineData("cc80")]
    [InlineData("cd0100")]
    [InlineData("ce00010000")]
    [InlineData("cf0000000100000000")]
    [InlineData("d080")]
    [InlineData("d18000")]
    [InlineData("d280000000")]
    [InlineData("d38000000000000000")]
    [InlineData("ca3f800000")]
    [InlineData("cb3ff8000000000000")]
    [InlineData("a3616263")]
    [InlineData("d903616263")]
    [InlineData("da0003616263")]
    [InlineData("db00000003616263")]
    [InlineData("c403616263")]
    [InlineData("c50003616263")]
    [InlineData("c600000003616263")]
    [InlineData("d401aa")]
    [InlineData("d501aaaa")]
    [InlineData("d601aaaaaaaa")]
    [InlineData("d701aaaaaaaaaaaaaaaa")]
    [InlineData("d801aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("c70201aaaa")]
    [InlineData("c8000201aaaa")]
    [InlineData("c90000000201aaaa")]
    [InlineData("920102")]
    [InlineData("dc00020102")]
    [InlineData("dd000000020102")]
    [InlineData("8101a161")]
    [InlineData("de000101a161")]
    [InlineData("df0000000101a161")]
    [InlineData("8192c08101c2a161")]
    public void Any_value_is_passed_over_to_its_end_and_no_further(string value)
    {
        var bytes = Captures.FromHex(value + "7f");
        var reader = new MsgPackReader(bytes);
        Assert.True(reader.TrySkip());
        Assert.Equal(bytes.Length - 1, reader.Position);
        for (var length = 0; length < bytes.Length - 1; length++)
        {
            var cut = new MsgPackReader(bytes.AsSpan(0, length));
            Assert.False(cut.TrySkip());
            Assert.InRange(cut.Needed, length + 1, bytes.Length - 1);
        }
    }

    [Fact]
    public void What_is_no_value_cannot_be_cured_by_more()
    {
        var reader = new MsgPackReader([0xc1, 0, 0]);
        Assert.False(reader.TrySkip());
        Assert.Equal(0, reader.Needed);
    }

    [Theory]
    [InlineData(0x91)]
    [InlineData(0x81)]
    public void Values_nest_to_a_depth_and_no_deeper(byte head)
    {
        // In a map it is the key that nests, so that each level is one byte, and the values follow.
        Assert.True(Skips(WireLimits.MaxValueDepth - 1));
        Assert.False(Skips(WireLimits.MaxValueDepth));
        Assert.False(Skips(30_000));

        bool Skips(int depth)
        {
            byte[] bytes = [.. Enumerable.Repeat(head, depth), .. Enumerable.Repeat((byte)0, depth + 1)];
            return new MsgPackReader(bytes).TrySkip();
        }
    }

    [Fact]
    public void What_is_written_is_read()
    {
        var bytes = new byte[200_000];
        var writer = new MsgPackWriter(bytes);
        writer.WriteMapHeader(16);
        writer.WriteMapHeader(15);
        writer.WriteArrayHeader(3);
        writer.WriteArrayHeader(512);
        writer.WriteArrayHeader(65_536);
        writer.WriteUnsigned(ulong.MaxValue);
        writer.WriteRaw(new byte[65_536]);
        writer.WriteNil();
        Assert.StartsWith("de00108f93dc0200dd00010000cfffffffffffffffff", Captures.ToHex(bytes.AsSpan(0, writer.Position)), StringComparison.Ordinal);

        var reader = new MsgPackReader(bytes);
        Assert.True(reader.TryReadMapHeader(out var count) && count == 16 && reader.TryReadMapHeader(out count) && count == 15);
        int many = 0, most = 0;
        Assert.True(reader.TryReadArrayHeader(out var three) && reader.TryReadArrayHeader(out many) && reader.TryReadArrayHeader(out most));
        Assert.Equal((3, 512, 65_536), (three, many, most));
        Assert.True(reader.TryReadUnsigned(ulong.MaxValue, out var largest) && largest == ulong.MaxValue);
        Assert.True(reader.TryReadRaw(out var raw) && raw.Length == 65_536);
        Assert.True(reader.TryReadNil());
        Assert.Equal(writer.Position, reader.Position);
    }

    [Theory]
    [InlineData("ff", -1)]
    [InlineData("d0df", -33)]
    [InlineData("d1ff00", -256)]
    [InlineData("d2fffe0000", -131_072)]
    [InlineData("d38000000000000000", long.MinValue)]
    [InlineData("cf000000012a05f200", 5_000_000_000)]
    public void Numbers_below_zero_are_read_in_any_length(string bytes, long expected)
    {
        var reader = new MsgPackReader(Captures.FromHex(bytes));
        Assert.True(reader.TryReadSigned(out var value));
        Assert.Equal(expected, value);
        Assert.Equal(bytes.Length / 2, reader.Position);
    }

    [Fact]
    public void A_destination_that_is_too_small_is_misuse()
    {
        for (var size = 0; size < 5; size++)
        {
            Assert.Throws<ArgumentException>(() =>
            {
                var writer = new MsgPackWriter(new byte[size]);
                writer.WriteUnsigned(uint.MaxValue);
            });
        }
    }

    [Fact]
    public void A_count_is_believed_only_as_far_as_its_bytes_are_there()
    {
        var reader = new MsgPackReader([0xdd, 0x7f, 0xff, 0xff, 0xff, 1, 2, 3]);
        Assert.False(reader.TryReadArrayHeader(out _));
        Assert.True(reader.Needed > 1_000_000);
    }
}
