using Rollcall.Gossip.Tests.Wire;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Tests.Conformance;

/// <summary>Statement 14 of the reference: the name of a cluster in front.</summary>
public sealed class LabelConformance
{
    private static readonly WireOptions Labelled = new() { Label = "lab-1"u8.ToArray() };

    [Fact]
    public void S14_A_captured_packet_is_opened_and_made_again()
    {
        var message = Captures.LabelPing[7..];
        Assert.Equal([Packets.Text(message)], Contents.Of(Labelled, Captures.LabelPing).Messages);
        Assert.Equal(Captures.ToHex(Captures.LabelPing), Captures.ToHex(Packets.Make(Labelled, crc: false, message)));
    }

    [Theory]
    [InlineData("f4056c61622d32")]
    [InlineData("f4046c61622d")]
    [InlineData("")]
    public void S14_A_packet_of_another_label_is_dropped(string head) =>
        Assert.Equal(["its label is not that of this cluster"], Contents.Of(Labelled, [.. Captures.FromHex(head), .. Captures.Nack]).Refusals);

    [Fact]
    public void S14_A_packet_with_a_label_is_dropped_where_there_is_none() =>
        Assert.Equal(["its label is not that of this cluster"], Contents.Of(Packets.Plain, Captures.LabelPing).Refusals);

    [Theory]
    [InlineData("f4")]
    [InlineData("f400")]
    [InlineData("f4006c61622d31")]
    [InlineData("f4056c61622d")]
    public void S14_An_empty_or_truncated_label_is_refused(string packet)
    {
        Assert.Equal(["its label is malformed"], Contents.Of(Labelled, Captures.FromHex(packet)).Refusals);
        Assert.Equal(["its label is malformed"], Contents.Of(Packets.Plain, Captures.FromHex(packet)).Refusals);
    }

    [Fact]
    public void S14_Only_the_dialer_of_a_stream_sends_it()
    {
        var asked = Streams.Encode(Labelled, Captures.Ping, toAcceptor: true);
        Assert.Equal("f4056c61622d31" + Captures.ToHex(Captures.Ping), Captures.ToHex(asked));
        Assert.Equal(StreamStatus.Complete, Arrival.Of(Labelled, asked, pieces: 1).Status);
        var answered = Streams.Encode(Labelled, Captures.Ack, toAcceptor: false);
        Assert.Equal(Captures.Ack, answered);
        Assert.Equal(StreamStatus.Complete, Arrival.Of(Labelled, answered, fromDialer: false).Status);
        Assert.Equal(StreamStatus.Refused, Arrival.Of(Labelled, asked, fromDialer: false).Status);
    }

    [Theory]
    [InlineData("f4056c61622d32")]
    [InlineData("f400")]
    [InlineData("")]
    public void S14_A_stream_of_another_label_is_closed(string head)
    {
        var content = Arrival.Of(Labelled, [.. Captures.FromHex(head), .. Captures.Ping], pieces: 1);
        Assert.Equal(StreamStatus.Refused, content.Status);
        Assert.Null(content.ErrorReply);
    }
}
