using System.Runtime.InteropServices;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Tests.Wire;

/// <summary>Captures and what is made of them, changed at random by a seed: nothing may throw, hang, or take more than its bound.</summary>
public sealed class WireFuzzTests
{
    private const int Rounds = 20_000;

    private static readonly byte[][] Corpus =
    [
        .. Captures.All.Values,
        Captures.CompressedPlain,
        [.. Captures.PushPullHead, .. Captures.SerfStateTail],
        Packets.Compound(Captures.Ping, Captures.Ack, Captures.IndirectPing, Captures.CrcAlive[5..], Captures.CrcDead[5..]),
        Packets.Compress(Packets.Compound(Captures.Ping, Packets.Compress(Captures.CompressedPlain))),
        Packets.Compress(Streams.PushPull(20, 100)),
        Streams.PushPull(3, 100),
        Streams.Encode(Packets.Encrypted, Streams.PushPull(3, 100)),
        Packets.Make(Packets.Plain, crc: true, Captures.Ping, Captures.CompressedPlain),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_packet_throws_or_allocates(int seed)
    {
        var random = new Random(seed);
        using var reader = new PacketReader(Packets.Plain);
        var sink = new DecodingSink();
        Read(random, 200);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(random, Rounds);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 0, Rounds * (long)(MutationBytes + 64)); // the mutations themselves, and arrays of integers in place of bytes
        Assert.InRange(sink.Accepted, Rounds / 10, int.MaxValue);
        Assert.InRange(sink.Refused, Rounds / 10, int.MaxValue);

        void Read(Random from, int rounds)
        {
            for (var round = 0; round < rounds; round++)
                reader.Read(Mutate(from), ref sink);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void No_encrypted_packet_throws_whatever_is_inside(int seed)
    {
        var random = new Random(seed);
        using var reader = new PacketReader(Packets.Encrypted);
        using var cipher = new PacketCipher(Packets.Encrypted.Keyring);
        var packet = new byte[70_000];
        var sink = new DecodingSink();
        for (var round = 0; round < Rounds / 4; round++)
        {
            var length = cipher.Seal(1, Mutate(random), default, packet);
            packet[0] = (byte)random.Next(2); // as version 0 it ends in whatever is there
            reader.Read(packet.AsSpan(0, length), ref sink);
        }

        Assert.InRange(sink.Accepted, Rounds / 100, int.MaxValue);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void No_stream_throws_in_pieces_of_any_size(int seed)
    {
        var random = new Random(seed);
        var ends = new Dictionary<StreamStatus, int>();
        for (var round = 0; round < Rounds / 2; round++)
        {
            var options = (round % 3) switch { 0 => Packets.Plain, 1 => Packets.Encrypted, _ => Packets.Encrypted with { VerifyIncoming = false } };
            var bytes = Mutate(random);
            if (random.Next(3) == 0)
                bytes = Streams.Encode(Packets.Encrypted, bytes.Length == 0 ? [6] : bytes);
            var whole = Arrival.Of(options, bytes, round % 2 == 0);
            Assert.Equal(whole, Arrival.Of(options, bytes, round % 2 == 0, pieces: random.Next(1, 40)));
            ends[whole.Status] = ends.GetValueOrDefault(whole.Status) + 1;
            if (whole is { Status: StreamStatus.Complete, Message: { } message })
                DecodeExchange(Captures.FromHex(message));
        }

        Assert.All([StreamStatus.Complete, StreamStatus.NeedsMore, StreamStatus.Refused], status => Assert.True(ends[status] > Rounds / 100, $"{status}: {ends[status]}"));
    }

    [Fact]
    public void What_is_read_of_a_mutation_and_written_is_read_as_the_same()
    {
        var random = new Random(9);
        var buffer = new byte[70_000];
        var seen = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var body = Mutate(random, Captures.CrcAlive.AsSpan(5).ToArray()).AsSpan();
            if (body.IsEmpty || !MessageCodec.TryRead(body[1..], out Alive read, out _))
                continue;
            seen++;
            Assert.True(MessageCodec.MaxSize(read) <= buffer.Length);
            var written = MessageCodec.Write(buffer.AsSpan(0, MessageCodec.MaxSize(read)), read);
            Assert.True(MessageCodec.TryRead(buffer.AsSpan(1, written - 1), out Alive again, out var refusal), refusal);
            Assert.Equal((read.Incarnation, read.Address, read.Versions), (again.Incarnation, again.Address, again.Versions));
            Assert.True(read.Node.SequenceEqual(again.Node) && read.Meta.SequenceEqual(again.Meta));
        }

        Assert.InRange(seen, Rounds / 20, Rounds);
    }

    [Fact]
    public void A_node_in_its_usual_form_is_read_as_in_any_other()
    {
        var random = new Random(10);
        var seen = (Read: 0, Refused: 0);
        for (var round = 0; round < Rounds; round++)
        {
            var body = Mutate(random, Captures.PushPullHead.AsSpan(Captures.PushPullHead.Length - 68).ToArray());
            if (body is not [0x87, ..])
                continue;
            // A field that nobody knows in front, which the usual form does not have.
            byte[] other = [0x88, 0xa1, (byte)'Z', 0xc0, .. body[1..]];
            var isRead = MessageCodec.TryRead(body, out PushPullNode read, out var consumed, out var refusal);
            Assert.Equal(isRead, MessageCodec.TryRead(other, out PushPullNode again, out var consumedAgain, out var refusalAgain));
            Assert.Equal((refusal is null, consumed == 0 ? 0 : consumed + 3), (refusalAgain is null, consumedAgain));
            Assert.Equal((read.Incarnation, read.Address, read.Versions, read.State), (again.Incarnation, again.Address, again.Versions, again.State));
            Assert.True(read.Name.SequenceEqual(again.Name) && read.Meta.SequenceEqual(again.Meta));
            seen = isRead ? (seen.Read + 1, seen.Refused) : (seen.Read, seen.Refused + 1);
        }

        Assert.InRange(seen.Read, Rounds / 20, Rounds);
        Assert.InRange(seen.Refused, Rounds / 20, Rounds);
    }

    private const int MutationBytes = 3000;

    private static byte[] Mutate(Random random, byte[]? from = null)
    {
        var bytes = (from ?? Corpus[random.Next(Corpus.Length)]).ToList();
        for (var count = random.Next(5); count > 0 && bytes.Count > 0; count--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2: // the heads of all types and forms, where they hurt
                    byte[] interesting = [0x80, 0x8f, 0x9f, 0xc0, 0xc6, 0xcf, 0xd3, 0xd9, 0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0xff, 7, 9, 12];
                    bytes[at] = interesting[random.Next(interesting.Length)];
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 8), bytes.Count - at));
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 32), bytes.Count - at)));
                    break;
                case 5:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
            }
        }

        // Most of them with a checksum that is right, or nothing inside would ever be seen.
        if (bytes.Count > CrcFrame.HeadBytes && bytes[0] == 12 && random.Next(4) > 0)
        {
            var framed = bytes.ToArray();
            CrcFrame.WriteHead(framed, framed.AsSpan(CrcFrame.HeadBytes));
            return framed;
        }

        return [.. bytes];
    }

    private static void DecodeExchange(byte[] message)
    {
        var body = message.AsSpan(1);
        if (message[0] != (byte)MessageType.PushPull)
            return;
        Assert.True(MessageCodec.TryRead(body, out PushPullHeader header, out var consumed, out _));
        for (var i = 0; i < header.Nodes; i++)
        {
            body = body[consumed..];
            Assert.True(MessageCodec.TryRead(body, out PushPullNode _, out consumed, out var refusal) || consumed > 0, refusal);
        }

        Assert.Equal(header.UserStateLength, body.Length - consumed);
    }

    [StructLayout(LayoutKind.Auto)]
    private struct DecodingSink : IPacketSink
    {
        public int Accepted { get; private set; }

        public int Refused { get; private set; }

        public void Accept(ReadOnlySpan<byte> message)
        {
            var body = message[1..];
            var accepted = (MessageType)message[0] switch
            {
                MessageType.Ping => MessageCodec.TryRead(body, out Ping _, out _),
                MessageType.IndirectPing => MessageCodec.TryRead(body, out IndirectPing _, out _),
                MessageType.Ack => MessageCodec.TryRead(body, out Ack _, out _),
                MessageType.Nack => MessageCodec.TryRead(body, out Nack _, out _),
                MessageType.Suspect => MessageCodec.TryRead(body, out Suspect _, out _),
                MessageType.Dead => MessageCodec.TryRead(body, out Dead _, out _),
                MessageType.Alive => MessageCodec.TryRead(body, out Alive _, out _),
                _ => true,
            };
            if (accepted)
                Accepted++;
            else
                Refused++;
        }

        public void Refuse(string reason) => Refused++;
    }
}
