using System.Runtime.InteropServices;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Tests.Wire;

/// <summary>What happens for each packet costs no memory once it runs.</summary>
public sealed class AllocationTests
{
    private readonly byte[] _buffer = new byte[2048];

    [Fact]
    public void Writing_and_reading_a_probe_allocates_nothing() => AssertNothing(() =>
    {
        var source = NodeAddress.From([127, 0, 0, 1], 17947);
        var written = MessageCodec.Write(_buffer, new Ping(1, "alpha"u8, source, "beta"u8));
        Assert.True(MessageCodec.TryRead(_buffer.AsSpan(1, written - 1), out Ping _, out _));
        written = MessageCodec.Write(_buffer, new Ack(1, default));
        Assert.True(MessageCodec.TryRead(_buffer.AsSpan(1, written - 1), out Ack _, out _));
    });

    [Fact]
    public void Refusing_a_message_allocates_nothing() =>
        AssertNothing(static () => Assert.False(MessageCodec.TryRead("\x85\xa4Node"u8, out Ping _, out _)));

    [Theory]
    [InlineData(false, 0, false)]
    [InlineData(false, 0, true)]
    [InlineData(true, 0, true)]
    [InlineData(true, 1, false)]
    [InlineData(true, 1, true)]
    public void A_packet_there_and_back_allocates_nothing(bool encrypted, byte version, bool large)
    {
        var options = (encrypted ? Packets.Encrypted : Packets.Plain) with { EncryptionVersion = version, Label = "lab-1"u8.ToArray() };
        using var writer = new PacketWriter(options);
        using var reader = new PacketReader(options);
        var sink = new CountingSink();
        AssertNothing(() =>
        {
            writer.Begin(crc: true);
            Assert.True(writer.TryAdd(Captures.Ping));
            for (var i = 0; large && i < 10; i++)
                Assert.True(writer.TryAdd(Captures.CompressedPlain));
            reader.Read(writer.Finish().Span, ref sink);
        });
        Assert.Equal(0, sink.Refused);
        Assert.True(sink.Accepted > 0);
    }

    // A collection on another thread's behalf counts what is left of this thread's piece of the heap, so one round in which nothing is counted is the proof.
    private static void AssertNothing(Action action)
    {
        var least = long.MaxValue;
        for (var round = 0; round < 10 && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 500; i++)
                action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [StructLayout(LayoutKind.Auto)]
    private struct CountingSink : IPacketSink
    {
        public int Accepted { get; private set; }

        public int Refused { get; private set; }

        public void Accept(ReadOnlySpan<byte> message) => Accepted++;

        public void Refuse(string reason) => Refused++;
    }
}
