using System.Text;
using Rollcall.Gossip.Tests.Wire;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Tests.Conformance;

/// <summary>Statements 9 and 10 of the reference: compression and its bounds.</summary>
public sealed class CompressionConformance
{
    /// <summary>Weak point 29 of the reference: to try it for a probe is work for nothing.</summary>
    [Theory]
    [InlineData(127, false)]
    [InlineData(128, true)]
    public void What_is_short_is_not_tried_to_be_compressed(int length, bool isCompressed)
    {
        var packet = Packets.Make(Packets.Plain, crc: false, [8, .. new byte[length - 1]]);
        Assert.Equal(isCompressed ? 9 : 8, packet[0]);
    }

    [Theory]
    [InlineData("", "000302")]
    [InlineData("a", "00c30404")]
    [InlineData("aaaaaaaa", "00c3081c283020")]
    [InlineData("TOBEORNOTTOBEORTOBEORNOT", "00a93c1152e48914274fa80824687061c183090302")]
    public void S09_Text_is_compressed_as_Go_does(string text, string data)
    {
        Assert.Equal(data, Captures.ToHex(Encode(Encoding.ASCII.GetBytes(text))));
        Assert.Equal(text, Encoding.ASCII.GetString(Decode(Captures.FromHex(data), 100)!));
    }

    [Fact]
    public void S09_A_captured_event_is_expanded_and_compressed_again()
    {
        var contents = Contents.Of(Packets.Plain, Captures.CrcCompress);
        Assert.Equal([Packets.Text(Captures.CompressedPlain)], contents.Messages);
        Assert.Equal(Captures.ToHex(Captures.CrcCompress), Captures.ToHex(Packets.Make(Packets.Plain, crc: true, Captures.CompressedPlain)));
    }

    [Fact]
    public void S09_Much_data_survives_and_is_as_the_plain_way_has_it()
    {
        byte[][] samples = [Packets.User(100_000), new byte[100_000], [.. Enumerable.Range(0, 100_000).Select(static i => (byte)(i / 7 % 11))]];
        foreach (var data in samples)
        {
            var packed = Encode(data);
            Assert.Equal(data, Decode(packed, data.Length));
            Assert.Equal(data, PlainLzw.Decode(packed));
        }
    }

    [Fact]
    public void S09_Every_text_is_compressed_as_the_plain_way_does()
    {
        var random = new Random(9);
        var encoder = new LzwEncoder();
        for (var round = 0; round < 400; round++)
        {
            var data = new byte[random.Next(round < 380 ? 600 : 20_000)];
            var letters = random.Next(1, 256);
            foreach (ref var item in data.AsSpan())
                item = (byte)random.Next(letters);
            var packed = new byte[(data.Length * 2) + 16];
            Assert.True(encoder.TryEncode(data, packed, out var length));
            Assert.Equal(Captures.ToHex(PlainLzw.Encode(data)), Captures.ToHex(packed.AsSpan(0, length)));
            Assert.Equal(data, Decode(packed[..length], data.Length));
        }
    }

    [Fact]
    public void S09_Codes_of_any_kind_mean_what_the_plain_way_says()
    {
        var random = new Random(10);
        var accepted = 0;
        for (var round = 0; round < 3000; round++)
        {
            var data = RandomCodes(random);
            var expected = PlainLzw.Decode(data);
            Assert.Equal(expected, Decode(data, 1_000_000));
            accepted += expected is null ? 0 : 1;
        }

        Assert.InRange(accepted, 500, 2990);
    }

    [Theory]
    [InlineData("00c304")] // the end code is missing
    [InlineData("")]
    [InlineData("00")]
    [InlineData("00c3ffff0f")] // a code above the table
    public void S09_Malformed_data_is_refused(string data)
    {
        Assert.Null(Decode(Captures.FromHex(data), 100));
        Assert.Equal(["its compressed data is malformed"], Contents.Of(Packets.Plain, Packets.CompressedAs(Captures.FromHex(data))).Refusals);
    }

    [Theory]
    [InlineData(258, false)] // the entry that this very code would make, after a clear
    [InlineData(259, false)]
    public void S09_After_a_clear_there_are_letters_only(int code, bool accepted) => Assert.Equal(accepted, Decode(Codes(256, code, 257), 100) is not null);

    [Theory]
    [InlineData(258, true)] // the last piece and its first byte
    [InlineData(259, false)]
    public void S09_A_code_is_at_most_the_next(int code, bool accepted) => Assert.Equal(accepted, Decode(Codes(256, 97, code, 257), 100) is not null);

    [Fact]
    public void S09_An_unknown_algorithm_is_refused() =>
        Assert.Equal(["its compression is unknown"], Contents.Of(Packets.Plain, Packets.CompressedAs([0, 3, 2], algorithm: 1)).Refusals);

    [Fact]
    public void S10_A_packet_expands_up_to_the_cap_and_no_further()
    {
        var message = new byte[WireLimits.MaxUnpackedPacketBytes];
        message[0] = 8;
        Assert.Single(Contents.Of(Packets.Plain, Packets.Compress(message)).Messages);
        Assert.Equal([Compression.TooLarge], Contents.Of(Packets.Plain, Packets.Compress([.. message, 0])).Refusals);
    }

    [Fact]
    public void S10_The_cap_holds_for_all_parts_together()
    {
        var part = Packets.Compress(Packets.User(1).Concat(new byte[30_000]).ToArray());
        var contents = Contents.Of(Packets.Plain, Packets.Compound([.. Enumerable.Repeat(part, 100)]));
        Assert.Equal(2, contents.Messages.Count);
        Assert.Equal(98, contents.Refusals.Count);
    }

    [Fact]
    public void S10_Wrappers_nest_to_a_depth_and_no_deeper()
    {
        var packet = Captures.Nack;
        for (var depth = 0; depth < WireLimits.MaxNesting; depth++)
            packet = depth % 2 == 0 ? Packets.Compound(packet) : Packets.Compress(packet);
        Assert.Single(Contents.Of(Packets.Plain, packet).Messages);
        Assert.Equal(["it is nested too deeply"], Contents.Of(Packets.Plain, Packets.Compound(packet)).Refusals);
    }

    [Fact]
    public void What_does_not_get_smaller_stays_as_it_is()
    {
        var message = Packets.User(500);
        Assert.Equal(message, Packets.Make(Packets.Plain, crc: false, message));
        var small = new byte[127];
        Assert.Equal(small, Packets.Make(Packets.Plain, crc: false, small));
        Assert.NotEqual(new byte[128], Packets.Make(Packets.Plain, crc: false, new byte[128]));
        Assert.Equal(new byte[128], Packets.Make(Packets.Plain with { Compress = false }, crc: false, new byte[128]));
    }

    private static byte[] Encode(byte[] data)
    {
        var packed = new byte[(data.Length * 2) + 16];
        Assert.True(new LzwEncoder().TryEncode(data, packed, out var length));
        return packed[..length];
    }

    private static byte[]? Decode(byte[] data, int max)
    {
        var place = new byte[max];
        return new LzwDecoder().Decode(data, place, out var written) == LzwResult.Done ? place[..written] : null;
    }

    private static byte[] Codes(params int[] codes)
    {
        var bytes = new byte[((codes.Length * 9) + 7) / 8];
        for (var bit = 0; bit < codes.Length * 9; bit++)
            bytes[bit / 8] |= (byte)((codes[bit / 9] >> (bit % 9) & 1) << (bit % 8));
        return bytes;
    }

    // Mostly codes that make sense, so that tables fill up and widths change.
    private static byte[] RandomCodes(Random random)
    {
        var bits = new List<bool>();
        int width = 9, highest = 257;
        Emit(256);
        for (var count = random.Next(random.Next(20) == 0 ? 6000 : 400); count > 0; count--)
        {
            var code = random.Next(2000) switch
            {
                0 => 256,
                1 => 257,
                2 => random.Next(1 << width),
                < 800 => random.Next(256),
                _ => random.Next(Math.Min(258, highest), highest + 1),
            };
            Emit(code);
            if (code == 256)
            {
                (width, highest) = (9, 257);
                continue;
            }

            highest++;
            if (highest == 1 << width && width < 12)
                width++;
            highest = Math.Min(highest, 4095);
        }

        Emit(257);
        var bytes = new byte[(bits.Count + 7) / 8];
        for (var i = 0; i < bits.Count; i++)
            bytes[i / 8] |= (byte)(bits[i] ? 1 << (i % 8) : 0);
        return bytes;

        void Emit(int code)
        {
            for (var bit = 0; bit < width; bit++)
                bits.Add((code >> bit & 1) == 1);
        }
    }
}
