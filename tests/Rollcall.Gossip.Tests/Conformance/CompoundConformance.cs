using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Tests.Wire;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Tests.Conformance;

/// <summary>Statements 6 and 7 of the reference: several messages in one packet.</summary>
public sealed class CompoundConformance
{
    [Fact]
    public void S06_Parts_come_out_as_they_went_in()
    {
        var packet = Packets.Make(Packets.Plain, crc: false, Captures.Ping, Captures.Nack, Captures.Ack);
        var contents = Contents.Of(Packets.Plain, packet);
        Assert.Equal([Packets.Text(Captures.Ping), Packets.Text(Captures.Nack), Packets.Text(Captures.Ack)], contents.Messages);
        Assert.Empty(contents.Refusals);
    }

    [Fact]
    public void S06_A_captured_compound_is_made_again_from_its_parts()
    {
        var parts = Captures.CrcPingAndSuspect.AsSpan(5 + 6);
        Assert.Equal(
            Captures.ToHex(Captures.CrcPingAndSuspect),
            Captures.ToHex(Packets.Make(Packets.Plain, crc: true, parts[..0x42].ToArray(), parts[0x42..].ToArray())));
    }

    [Fact]
    public void S06_No_parts_are_fine()
    {
        var contents = Contents.Of(Packets.Plain, [7, 0]);
        Assert.Empty(contents.Messages);
        Assert.Empty(contents.Refusals);
    }

    [Theory]
    [InlineData("07")]
    [InlineData("0701")]
    [InlineData("07020001")]
    [InlineData("07ff")]
    public void S06_A_truncated_table_is_refused(string packet)
    {
        var contents = Contents.Of(Packets.Plain, Captures.FromHex(packet));
        Assert.Empty(contents.Messages);
        Assert.Equal(["its table of parts is truncated"], contents.Refusals);
    }

    [Fact]
    public void S06_Parts_before_the_end_of_the_data_count()
    {
        var packet = Packets.Compound(Captures.Nack, Captures.Ping, Captures.Ack);
        var contents = Contents.Of(Packets.Plain, packet.AsSpan(0, packet.Length - Captures.Ack.Length - 1));
        Assert.Equal([Packets.Text(Captures.Nack)], contents.Messages);
        Assert.Equal(["its last parts are truncated"], contents.Refusals);
    }

    [Fact]
    public void S07_At_most_127_parts_are_sent()
    {
        using var writer = new PacketWriter(Packets.Plain);
        writer.Begin(crc: false);
        for (var i = 0; i < 127; i++)
            Assert.True(writer.TryAdd(Captures.Nack));
        Assert.False(writer.TryAdd(Captures.Nack));
        Assert.Equal(127, Contents.Of(Packets.Plain, writer.Finish().Span).Messages.Count);
    }

    [Fact]
    public void S07_No_part_is_empty_and_no_packet_is()
    {
        using var writer = new PacketWriter(Packets.Plain);
        writer.Begin(crc: true);
        Assert.Throws<ArgumentException>(() => writer.TryAdd([]));
        Assert.Throws<InvalidOperationException>(() => writer.Finish());
    }

    [Fact]
    public void S07_255_parts_are_accepted() =>
        Assert.Equal(255, Contents.Of(Packets.Plain, Packets.Compound([.. Enumerable.Repeat(Captures.Nack, 255)])).Messages.Count);

    [Fact]
    public void S07_An_empty_part_is_dropped_and_the_others_are_not()
    {
        var contents = Contents.Of(Packets.Plain, Packets.Compound(Captures.Nack, [], Captures.Ack));
        Assert.Equal([Packets.Text(Captures.Nack), Packets.Text(Captures.Ack)], contents.Messages);
        Assert.Equal(["it has no type"], contents.Refusals);
    }

    [Fact]
    public void A_packet_takes_no_more_than_a_datagram_can_carry()
    {
        var options = new WireOptions { Label = new byte[255], Keyring = new(GossipKey.Generate()), EncryptionVersion = 0, Compress = false };
        using var writer = new PacketWriter(options);
        writer.Begin(crc: true);
        var message = Packets.User(1000);
        while (writer.TryAdd(message))
            Assert.True(writer.Count <= 65);
        var packet = writer.Finish();
        Assert.InRange(packet.Length, WireLimits.MaxPacketBytes - 1100, WireLimits.MaxPacketBytes);
        Assert.Equal(writer.Count, Contents.Of(options, packet.Span).Messages.Count);
    }

    [Fact]
    public void A_budget_less_the_overhead_is_never_exceeded()
    {
        foreach (var options in new[] { Packets.Plain, Packets.Encrypted, Packets.Encrypted with { Label = "lab-1"u8.ToArray(), EncryptionVersion = 0 } })
        {
            var rest = 1400 - options.PacketOverhead;
            var first = Packets.User(600);
            var second = Packets.User(rest - 600 - (2 * Compound.BytesPerPart), seed: 2);
            var packet = Packets.Make(options with { Compress = false }, crc: true, first, second);
            Assert.InRange(packet.Length, 1400 - 16, 1400);
        }
    }

    [Fact]
    public void Messages_of_a_packet_are_bounded_whatever_they_are_nested_in()
    {
        var inner = Packets.Compound([.. Enumerable.Repeat(Captures.Nack, 255)]);
        var contents = Contents.Of(Packets.Plain, Packets.Compound([.. Enumerable.Repeat(inner, 10)]));
        Assert.InRange(contents.Messages.Count, 1000, WireLimits.MaxMessagesPerPacket);
        Assert.Equal(["it holds too many messages"], contents.Refusals);
    }

    [Theory]
    [InlineData((int)MessageType.PushPull)]
    [InlineData((int)MessageType.Encrypt)]
    [InlineData((int)MessageType.Crc)]
    [InlineData((int)MessageType.Error)]
    [InlineData(14)]
    [InlineData(255)]
    public void A_type_that_no_packet_has_is_refused(int type)
    {
        var contents = Contents.Of(Packets.Plain, Packets.Compound([(byte)type, 0x80], Captures.Nack));
        Assert.Equal([Packets.Text(Captures.Nack)], contents.Messages);
        Assert.Equal(["its type is not one of a packet"], contents.Refusals);
    }
}
