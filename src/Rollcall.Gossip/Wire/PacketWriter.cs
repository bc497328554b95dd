namespace Rollcall.Gossip.Wire;

/// <summary>
/// Builds datagrams: messages, put together where there are several, compressed where that helps, with a CRC, encrypted, labelled. Allocates nothing per packet. One
/// caller at a time.
/// </summary>
internal sealed class PacketWriter(WireOptions options) : IDisposable
{
    // Whatever may come in front of the parts: a label, the head of an encryption that is not there at the same time, a CRC, the head of a compound.
    private const int Headroom = 1024;

    private readonly PacketCipher _cipher = new(options.Keyring);
    private readonly Compression _compression = new();
    private readonly ushort[] _lengths = new ushort[WireLimits.MaxPartsSent];
    private readonly byte[] _parts = new byte[Headroom + WireLimits.MaxPacketBytes];
    private readonly byte[] _packed = new byte[Headroom + WireLimits.MaxPacketBytes];
    private readonly byte[] _sealed = new byte[Headroom + WireLimits.MaxPacketBytes];
    private int _count;
    private int _length;
    private bool _hasCrc;

    public int Count => _count;

    /// <summary>Begins the next packet, and ends what was known of the one before.</summary>
    public void Begin(bool crc)
    {
        _count = 0;
        _length = 0;
        _hasCrc = crc;
    }

    /// <summary>
    /// False when the packet is full, by the number of its parts or by what UDP can carry. Throws <see cref="ArgumentException"/> for a message without a type: it would
    /// end old peers.
    /// </summary>
    public bool TryAdd(ReadOnlySpan<byte> message)
    {
        if (message.IsEmpty)
            throw new ArgumentException("A message has a type.", nameof(message));
        var parts = Compound.HeadLength(_count + 1);
        if (_count == WireLimits.MaxPartsSent || options.PacketOverhead + parts + _length + message.Length > WireLimits.MaxPacketBytes)
            return false;
        message.CopyTo(_parts.AsSpan(Headroom + _length));
        _lengths[_count++] = (ushort)message.Length;
        _length += message.Length;
        return true;
    }

    /// <summary>The datagram, valid until the next one begins. There must be a message in it.</summary>
    public ReadOnlyMemory<byte> Finish()
    {
        if (_count == 0)
            throw new InvalidOperationException("There is nothing to send.");
        var buffer = _parts;
        var start = Headroom;
        var end = Headroom + _length;
        if (_count > 1)
        {
            start -= Compound.HeadLength(_count);
            Compound.WriteHead(_parts.AsSpan(start), _lengths.AsSpan(0, _count));
        }

        if (options.Compress && end - start >= options.CompressFromBytes
            && _compression.TryWrap(_parts.AsSpan(start, end - start), _packed, Headroom / 2, out var wrapped))
        {
            buffer = _packed;
            (start, var length) = wrapped.GetOffsetAndLength(_packed.Length);
            end = start + length;
        }

        if (_hasCrc)
        {
            start -= CrcFrame.HeadBytes;
            CrcFrame.WriteHead(buffer.AsSpan(start), buffer.AsSpan((start + CrcFrame.HeadBytes)..end));
        }

        if (options.Encrypts)
        {
            var written = LabelFrame.Write(_sealed, options.Label);
            written += _cipher.Seal(options.EncryptionVersion, buffer.AsSpan(start..end), options.Label, _sealed.AsSpan(written));
            return _sealed.AsMemory(0, written);
        }

        start -= options.LabelOverhead;
        LabelFrame.Write(buffer.AsSpan(start), options.Label);
        return buffer.AsMemory(start..end);
    }

    public void Dispose() => _cipher.Dispose();
}
