using Rollcall.Gossip.Tests.Wire;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Tests.Conformance;

/// <summary>Statement 8 of the reference: the checksum in front.</summary>
public sealed class CrcConformance
{
    [Theory]
    [InlineData("", 0u)]
    [InlineData("313233343536373839", 0xcbf43926u)]
    [InlineData("00", 0xd202ef8du)]
    public void S08_The_checksum_is_that_of_IEEE(string bytes, uint crc) => Assert.Equal(crc, Crc32.Compute(Captures.FromHex(bytes)));

    [Fact]
    public void S08_The_checksum_is_that_of_bit_by_bit()
    {
        var random = new Random(8);
        for (var length = 0; length < 300; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            Assert.Equal(BitByBit(bytes), Crc32.Compute(bytes));
        }
    }

    [Theory]
    [InlineData(nameof(Captures.CrcSuspect))]
    [InlineData(nameof(Captures.CrcDead))]
    [InlineData(nameof(Captures.CrcLeft))]
    [InlineData(nameof(Captures.CrcAlive))]
    [InlineData(nameof(Captures.CrcJoin))]
    [InlineData(nameof(Captures.CrcLeave))]
    public void S08_A_captured_frame_is_opened_and_made_again(string name)
    {
        var capture = Captures.All[name];
        var contents = Contents.Of(Packets.Plain, capture);
        Assert.Equal([Packets.Text(capture.AsSpan(5))], contents.Messages);
        Assert.Empty(contents.Refusals);
        Assert.Equal(Captures.ToHex(capture), Captures.ToHex(Packets.Make(Packets.Plain, crc: true, capture[5..])));
    }

    [Fact]
    public void S08_A_wrong_checksum_drops_the_packet()
    {
        var packet = Captures.CrcSuspect.ToArray();
        packet[^1] ^= 1;
        var contents = Contents.Of(Packets.Plain, packet);
        Assert.Empty(contents.Messages);
        Assert.Equal(["its checksum is wrong"], contents.Refusals);
    }

    [Theory]
    [InlineData("0c")]
    [InlineData("0c000000")]
    public void S08_A_frame_without_a_whole_checksum_is_an_unknown_message(string packet) =>
        Assert.Equal(["its type is not one of a packet"], Contents.Of(Packets.Plain, Captures.FromHex(packet)).Refusals);

    [Fact]
    public void S08_A_frame_around_nothing_is_refused() =>
        Assert.Equal(["it has no type"], Contents.Of(Packets.Plain, [12, 0, 0, 0, 0]).Refusals);

    [Fact]
    public void S08_A_frame_in_anything_but_encryption_is_refused()
    {
        string[] refused = ["its type is not one of a packet"];
        Assert.Equal(refused, Contents.Of(Packets.Plain, Packets.Compound(Captures.CrcSuspect)).Refusals);
        Assert.Equal(refused, Contents.Of(Packets.Plain, Packets.Compress(Captures.CrcSuspect)).Refusals);
        var twice = new byte[5 + Captures.CrcSuspect.Length];
        Captures.CrcSuspect.CopyTo(twice, 5);
        CrcFrame.WriteHead(twice, Captures.CrcSuspect);
        Assert.Equal(refused, Contents.Of(Packets.Plain, twice).Refusals);
        Assert.Empty(Contents.Of(Packets.Encrypted, Packets.Make(Packets.Encrypted, crc: true, Captures.Ping)).Refusals);
    }

    private static uint BitByBit(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var item in bytes)
        {
            crc ^= item;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
        }

        return ~crc;
    }
}
