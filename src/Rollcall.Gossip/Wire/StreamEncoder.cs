using System.Buffers.Binary;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Wire;

/// <summary>Wraps the one message of one direction of a stream: compressed where that makes it smaller, encrypted, with the label in front where it is the dialer's.</summary>
internal static class StreamEncoder
{
    private const int CompressionHeadroom = 32;

    /// <summary>What <see cref="Encode"/> writes at most for a message of this length.</summary>
    public static int MaxSize(WireOptions options, int length) =>
        options.LabelOverhead + StreamDecoder.EncryptedHeadBytes + PacketCipher.MaxOverhead(0) + length + (2 * CompressionHeadroom);

    /// <summary>Throws <see cref="ArgumentException"/> for a message that peers would refuse for its length.</summary>
    public static void Encode(WireOptions options, ReadOnlySpan<byte> message, bool toAcceptor, PooledBuffer destination)
    {
        if (message.IsEmpty || message.Length > WireLimits.MaxStreamBytes - PacketCipher.MaxOverhead(0))
            throw new ArgumentException("A message on a stream has a type and at most 20 MiB.", nameof(message));
        if (toAcceptor && options.Label.Length > 0)
            destination.Advance(LabelFrame.Write(destination.GetSpan(options.LabelOverhead), options.Label));
        if (!options.Compress || message.Length < options.CompressFromBytes)
        {
            Append(options, message, destination);
            return;
        }

        using var packed = new PooledBuffer(message.Length + (2 * CompressionHeadroom));
        var scratch = packed.GetSpan(message.Length + (2 * CompressionHeadroom));
        Append(options, new Compression().TryWrap(message, scratch, CompressionHeadroom, out var wrapped) ? scratch[wrapped] : message, destination);
    }

    private static void Append(WireOptions options, ReadOnlySpan<byte> message, PooledBuffer destination)
    {
        if (!options.Encrypts)
        {
            message.CopyTo(destination.GetSpan(message.Length));
            destination.Advance(message.Length);
            return;
        }

        using var cipher = new PacketCipher(options.Keyring);
        var length = PacketCipher.SealedLength(options.EncryptionVersion, message.Length);
        var frame = destination.GetSpan(StreamDecoder.EncryptedHeadBytes + length);
        var head = frame[..StreamDecoder.EncryptedHeadBytes];
        head[0] = (byte)MessageType.Encrypt;
        BinaryPrimitives.WriteInt32BigEndian(head[1..], length);
        cipher.Seal(options.EncryptionVersion, message, [.. head, .. options.Label], frame[head.Length..]);
        destination.Advance(head.Length + length);
    }
}
