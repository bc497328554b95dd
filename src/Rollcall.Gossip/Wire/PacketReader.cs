using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Wire;

/// <summary>
/// Takes the wrappers off a datagram: label, encryption, CRC, then compound and compression in any nesting. Parts keep their order. Whatever comes in, it ends within
/// the limits, throws nothing and allocates nothing. One caller at a time.
/// </summary>
internal sealed class PacketReader(WireOptions options) : IDisposable
{
    private readonly PacketCipher _cipher = new(options.Keyring);
    private readonly Compression _compression = new();
    private readonly byte[] _plain = new byte[WireLimits.MaxPacketBytes];
    private readonly byte[] _unpacked = new byte[WireLimits.MaxUnpackedPacketBytes];

    // Both are for the packet at hand.
    private int _unpackedBytes;
    private int _messages;

    public void Read<TSink>(ReadOnlySpan<byte> datagram, ref TSink sink)
        where TSink : struct, IPacketSink, allows ref struct
    {
        _unpackedBytes = 0;
        _messages = 0;
        if (datagram.Length > WireLimits.MaxPacketBytes)
            sink.Refuse("it is longer than a packet can be");
        else if (!TryTakeLabel(ref datagram, out var refusal) || !TryDecrypt(ref datagram, out refusal))
            sink.Refuse(refusal!);
        else if (!CrcFrame.IsFrame(datagram))
            Unwrap(datagram, 0, ref sink);
        else if (CrcFrame.TryOpen(datagram, out var content))
            Unwrap(content, 0, ref sink);
        else
            sink.Refuse("its checksum is wrong");
    }

    public void Dispose() => _cipher.Dispose();

    private bool TryTakeLabel(ref ReadOnlySpan<byte> datagram, out string? refusal)
    {
        ReadOnlySpan<byte> label = default;
        if (LabelFrame.IsFrame(datagram))
        {
            if (!LabelFrame.TryOpen(datagram, out label, out _))
            {
                refusal = "its label is malformed";
                return false;
            }

            datagram = datagram[(LabelFrame.HeadBytes + label.Length)..];
        }

        refusal = LabelFrame.Refuse(options, label);
        return refusal is null;
    }

    private bool TryDecrypt(ref ReadOnlySpan<byte> datagram, out string? refusal)
    {
        refusal = null;
        if (!_cipher.IsEnabled)
            return true;
        if (_cipher.TryOpen(datagram, options.Label, _plain, out var length, out refusal))
            datagram = _plain.AsSpan(0, length);
        else if (options.VerifyIncoming)
            return false;
        return true;
    }

    private void Unwrap<TSink>(ReadOnlySpan<byte> message, int depth, ref TSink sink)
        where TSink : struct, IPacketSink, allows ref struct
    {
        if (message.IsEmpty)
        {
            sink.Refuse("it has no type");
            return;
        }

        if (++_messages > WireLimits.MaxMessagesPerPacket)
        {
            // Told once: what a packet can make others write is bounded, too.
            if (_messages == WireLimits.MaxMessagesPerPacket + 1)
                sink.Refuse("it holds too many messages");
            return;
        }

        switch ((MessageType)message[0])
        {
            case MessageType.Compound or MessageType.Compress when depth == WireLimits.MaxNesting:
                sink.Refuse("it is nested too deeply");
                break;
            case MessageType.Compound:
                UnwrapParts(message[1..], depth, ref sink);
                break;
            case MessageType.Compress:
                Expand(message[1..], depth, ref sink);
                break;
            case MessageType.Ping or MessageType.IndirectPing or MessageType.Ack or MessageType.Nack
                or MessageType.Suspect or MessageType.Alive or MessageType.Dead or MessageType.User:
                sink.Accept(message);
                break;
            default:
                sink.Refuse("its type is not one of a packet");
                break;
        }
    }

    private void UnwrapParts<TSink>(ReadOnlySpan<byte> body, int depth, ref TSink sink)
        where TSink : struct, IPacketSink, allows ref struct
    {
        if (!Compound.TryOpen(body, out var compound))
        {
            sink.Refuse("its table of parts is truncated");
            return;
        }

        while (compound.TryNext(out var part))
            Unwrap(part, depth + 1, ref sink);
        if (compound.Truncated > 0)
            sink.Refuse("its last parts are truncated");
    }

    private void Expand<TSink>(ReadOnlySpan<byte> body, int depth, ref TSink sink)
        where TSink : struct, IPacketSink, allows ref struct
    {
        var place = _unpacked.AsSpan(_unpackedBytes);
        var expanded = _compression.TryUnwrap(body, place, out var written, out var refusal);
        _unpackedBytes += written;
        if (expanded)
            Unwrap(place[..written], depth + 1, ref sink);
        else
            sink.Refuse(refusal!);
    }
}
