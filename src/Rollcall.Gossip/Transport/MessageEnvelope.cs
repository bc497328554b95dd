using System.Buffers.Binary;

namespace Rollcall.Gossip.Transport;

/// <summary>
/// What is around a message of the application. A broadcast has an id, by which it is passed on and delivered once. A message to one member has nothing around it, so
/// that any node of memberlist understands it, unless it would look like a broadcast, or like a message of Serf where that is spoken.
/// </summary>
internal static class MessageEnvelope
{
    /// <summary>Bytes that a broadcast takes more than its payload.</summary>
    public const int BroadcastOverhead = 2 + sizeof(ulong);

    /// <summary>Bytes that any other message may take more.</summary>
    public const int DirectOverhead = 2;

    // The one byte that never begins a value of msgpack, so that it is none of Serf's types either.
    private const byte Mark = 0xc1;
    private const byte LastSerfType = 9;
    private const byte BroadcastKind = 0;
    private const byte DirectKind = 1;

    public static byte[] WrapBroadcast(ulong id, ReadOnlySpan<byte> payload)
    {
        var message = new byte[BroadcastOverhead + payload.Length];
        message[0] = Mark;
        message[1] = BroadcastKind;
        BinaryPrimitives.WriteUInt64BigEndian(message.AsSpan(2), id);
        payload.CopyTo(message.AsSpan(BroadcastOverhead));
        return message;
    }

    public static ReadOnlyMemory<byte> WrapDirect(ReadOnlyMemory<byte> payload, bool isSerf) =>
        payload.Length > 0 && (payload.Span[0] == Mark || (isSerf && payload.Span[0] <= LastSerfType)) ? (byte[])[Mark, DirectKind, .. payload.Span] : payload;

    /// <summary>The payload of any message, and its id where it is a broadcast.</summary>
    public static ReadOnlySpan<byte> Open(ReadOnlySpan<byte> message, out ulong? id)
    {
        id = null;
        if (message.Length < DirectOverhead || message[0] != Mark)
            return message;
        if (message[1] == DirectKind)
            return message[DirectOverhead..];
        if (message[1] != BroadcastKind || message.Length < BroadcastOverhead)
            return message;
        id = BinaryPrimitives.ReadUInt64BigEndian(message[2..]);
        return message[BroadcastOverhead..];
    }
}
