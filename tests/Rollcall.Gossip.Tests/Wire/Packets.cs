using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Tests.Wire;

/// <summary>What was in a packet, as texts that can be compared.</summary>
internal sealed record Contents(IReadOnlyList<string> Messages, IReadOnlyList<string> Refusals)
{
    public static Contents Of(WireOptions options, ReadOnlySpan<byte> datagram)
    {
        using var reader = new PacketReader(options);
        return Of(reader, datagram);
    }

    public static Contents Of(PacketReader reader, ReadOnlySpan<byte> datagram)
    {
        var sink = new Sink([], []);
        reader.Read(datagram, ref sink);
        return new(sink.Messages, sink.Refusals);
    }

    private readonly struct Sink(List<string> messages, List<string> refusals) : IPacketSink
    {
        public List<string> Messages { get; } = messages;

        public List<string> Refusals { get; } = refusals;

        public void Accept(ReadOnlySpan<byte> message) => Messages.Add(Packets.Text(message));

        public void Refuse(string reason) => Refusals.Add(reason);
    }
}

internal static class Packets
{
    public static WireOptions Plain { get; } = new();

    public static WireOptions Encrypted { get; } = new() { Keyring = new(new GossipKey(Captures.Key)) };

    public static string Text(ReadOnlySpan<byte> message) => $"{(MessageType)message[0]} {Captures.ToHex(message[1..])}";

    public static byte[] Make(WireOptions options, bool crc, params byte[][] messages)
    {
        using var writer = new PacketWriter(options);
        writer.Begin(crc);
        foreach (var message in messages)
            Assert.True(writer.TryAdd(message));
        return writer.Finish().ToArray();
    }

    /// <summary>A user message of so many bytes, which do not get smaller.</summary>
    public static byte[] User(int length, int seed = 1)
    {
        var message = new byte[length];
        new Random(seed).NextBytes(message);
        message[0] = (byte)MessageType.User;
        return message;
    }

    public static byte[] Compound(params byte[][] parts) =>
    [
        7,
        (byte)parts.Length,
        .. parts.SelectMany(static part => new[] { (byte)(part.Length >> 8), (byte)part.Length }),
        .. parts.SelectMany(static part => part),
    ];

    public static byte[] Compress(ReadOnlySpan<byte> plain)
    {
        var data = new byte[(plain.Length * 2) + 100];
        Assert.True(new LzwEncoder().TryEncode(plain, data, out var length));
        return CompressedAs(data[..length]);
    }

    public static byte[] CompressedAs(byte[] data, byte algorithm = 0)
    {
        var message = new byte[data.Length + 32];
        var writer = new MsgPackWriter(message);
        writer.WriteMapHeader(2);
        writer.WriteRaw("Algo"u8);
        writer.WriteUnsigned(algorithm);
        writer.WriteRaw("Buf"u8);
        writer.WriteRaw(data);
        return [9, .. message.AsSpan(0, writer.Position)];
    }
}
