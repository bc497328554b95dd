using System.Buffers.Binary;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Wire;

/// <summary>
/// Takes the one message out of one direction of a stream: label (from a dialer only), encrypted frame, compression, message. The caller reads into
/// <see cref="GetMemory"/> and tells <see cref="Advance"/>, until it is complete or refused. Memory grows with what has arrived, never with what is announced.
/// </summary>
internal sealed class StreamDecoder(WireOptions options, bool fromDialer) : IDisposable
{
    // The type and the length of an encrypted frame, which are authenticated with it.
    public const int EncryptedHeadBytes = 5;
    private const int MaxWireBytes = WireLimits.MaxStreamBytes + EncryptedHeadBytes + LabelFrame.HeadBytes + WireLimits.MaxLabelBytes;

    private readonly PooledBuffer _wire = new(MaxWireBytes);
    private readonly PooledBuffer _decrypted = new(WireLimits.MaxStreamBytes);
    private readonly PooledBuffer _expanded = new(WireLimits.MaxStreamBytes);
    private StreamMeasure _measure;
    private bool _labelIsPassed;
    private int _start;
    private int _needed = 1;

    /// <summary>The type byte and the message, once complete.</summary>
    public ReadOnlyMemory<byte> Message { get; private set; }

    public MessageType Type => (MessageType)Message.Span[0];

    public ReadOnlyMemory<byte> Body => Message[1..];

    /// <summary>A constant text, once refused.</summary>
    public string? Refusal { get; private set; }

    /// <summary>What to tell the other side of a refusal: only of what is around the message, and never by a dialer.</summary>
    public string? ErrorReply { get; private set; }

    public int BytesRead => _wire.Length;

    /// <summary>Bytes of memory it holds now.</summary>
    public int HeldBytes => _wire.Capacity + _decrypted.Capacity + _expanded.Capacity;

    public Memory<byte> GetMemory() => _wire.GetMemory();

    public StreamStatus Advance(int count)
    {
        _wire.Advance(count);
        if (_wire.Length < _needed)
            return StreamStatus.NeedsMore;
        _needed = 0;
        if (_labelIsPassed || TryPassLabel())
            Decode();
        return Refusal is not null ? StreamStatus.Refused : _needed > 0 ? StreamStatus.NeedsMore : StreamStatus.Complete;
    }

    public void Dispose()
    {
        _wire.Dispose();
        _decrypted.Dispose();
        _expanded.Dispose();
    }

    private bool TryPassLabel()
    {
        var bytes = _wire.Written.Span;
        ReadOnlySpan<byte> label = default;
        if (LabelFrame.IsFrame(bytes) && !LabelFrame.TryOpen(bytes, out label, out var needed))
        {
            if (bytes.Length < needed)
                _needed = needed;
            else
                Refuse("its label is malformed");
            return false;
        }

        // Who answers puts no label in front: the stream is known to be of this cluster.
        var refusal = fromDialer ? LabelFrame.Refuse(options, label) : label.IsEmpty ? null : "it has a label, and none is expected";
        if (refusal is not null)
        {
            Refuse(refusal);
            return false;
        }

        _start = label.IsEmpty ? 0 : LabelFrame.HeadBytes + label.Length;
        _labelIsPassed = true;
        if (bytes.Length == _start)
            _needed = _start + 1;
        return _needed == 0;
    }

    private void Decode()
    {
        var bytes = _wire.Written[_start..];
        if (bytes.Span[0] == (byte)MessageType.Encrypt)
        {
            if (TryDecrypt(bytes.Span))
                Measure(_decrypted.Written, isWhole: true);
        }
        else if (options.Keyring.Primary is not null && options.VerifyIncoming)
        {
            RefuseOuter("it is not encrypted", "Encryption is configured but remote state is not encrypted");
        }
        else
        {
            Measure(bytes, isWhole: false);
        }
    }

    private bool TryDecrypt(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < EncryptedHeadBytes)
        {
            _needed = _start + EncryptedHeadBytes;
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(bytes[1..]);
        if (options.Keyring.Primary is null)
        {
            RefuseOuter("it is encrypted, and there is no key", "Remote state is encrypted and encryption is not configured");
            return false;
        }

        if (length > WireLimits.MaxStreamBytes)
        {
            RefuseOuter("it is longer than is accepted", "Remote node state is larger than limit");
            return false;
        }

        if (bytes.Length < EncryptedHeadBytes + (int)length)
        {
            _needed = _start + EncryptedHeadBytes + (int)length;
            return false;
        }

        // Exchanges are rare, and several may be under way: a cipher of their own costs less than a shared one that is locked.
        using var cipher = new PacketCipher(options.Keyring);
        var payload = bytes.Slice(EncryptedHeadBytes, (int)length);
        var place = _decrypted.GetSpan(payload.Length);
        if (!cipher.TryOpen(payload, [.. bytes[..EncryptedHeadBytes], .. options.Label], place, out var written, out var refusal))
        {
            RefuseOuter(refusal!, "No installed keys could decrypt the message");
            return false;
        }

        _decrypted.Advance(written);
        return true;
    }

    private void Measure(ReadOnlyMemory<byte> bytes, bool isWhole)
    {
        var needed = _measure.Advance(bytes.Span, out var refusal);
        if (refusal is not null)
        {
            Refuse(refusal);
        }
        else if (needed > 0 && isWhole)
        {
            Refuse("it is truncated");
        }
        else if (needed > 0)
        {
            _needed = _start + needed;
        }
        else if (bytes.Span[0] == (byte)MessageType.Compress)
        {
            Expand(bytes[..(_measure.Length)].Span);
        }
        else
        {
            Message = bytes[.._measure.Length];
        }
    }

    private void Expand(ReadOnlySpan<byte> message)
    {
        // Nobody says how long it gets. It is tried with more and more place, which costs at most as much again.
        var compression = new Compression();
        var size = Math.Min(4 * message.Length, _expanded.Room);
        int written;
        while (!compression.TryUnwrap(message[1..], _expanded.GetSpan(size)[..size], out written, out var refusal))
        {
            if (refusal != Compression.TooLarge || size == _expanded.Room)
            {
                RefuseOuter(refusal!, "Failed to decompress the message");
                return;
            }

            size = Math.Min(2 * size, _expanded.Room);
        }

        _expanded.Advance(written);
        if (written == 0 || _expanded.Written.Span[0] == (byte)MessageType.Compress)
        {
            RefuseOuter("there is nothing of use in its compression", "Failed to decompress the message");
            return;
        }

        _measure = default;
        Measure(_expanded.Written, isWhole: true);
    }

    private void Refuse(string refusal) => Refusal = refusal;

    private void RefuseOuter(string refusal, string reply)
    {
        Refusal = refusal;
        ErrorReply = fromDialer ? reply : null;
    }
}
