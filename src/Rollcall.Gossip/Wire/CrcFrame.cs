using System.Buffers.Binary;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Wire;

/// <summary>A checksum in front of all the rest, for peers that understand protocol 5.</summary>
internal static class CrcFrame
{
    public const int HeadBytes = 5;

    /// <summary>A shorter one is no frame but a message of an unknown type.</summary>
    public static bool IsFrame(ReadOnlySpan<byte> packet) => packet.Length >= HeadBytes && packet[0] == (byte)MessageType.Crc;

    public static bool TryOpen(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> content)
    {
        content = frame[HeadBytes..];
        return BinaryPrimitives.ReadUInt32BigEndian(frame[1..]) == Crc32.Compute(content);
    }

    public static void WriteHead(Span<byte> destination, ReadOnlySpan<byte> content)
    {
        destination[0] = (byte)MessageType.Crc;
        BinaryPrimitives.WriteUInt32BigEndian(destination[1..], Crc32.Compute(content));
    }
}
