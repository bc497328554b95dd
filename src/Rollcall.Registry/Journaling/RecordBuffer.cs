using System.Buffers.Binary;
using System.Text;

namespace Rollcall.Registry.Journaling;

/// <summary>One growing buffer, used again and again, into which records are encoded one after another.</summary>
internal sealed class RecordBuffer(int capacity = 64 * 1024)
{
    /// <summary>Length and checksum in front of every payload.</summary>
    public const int FrameBytes = 8;

    /// <summary>The longest payload; a reader refuses longer ones before it allocates anything.</summary>
    public const int MaxPayloadBytes = 1 << 20;

    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Leaves room for length and checksum; returns where the record begins.</summary>
    public int BeginRecord()
    {
        var start = Length;
        Take(FrameBytes);
        return start;
    }

    /// <exception cref="InvalidDataException">The record is longer than a reader accepts.</exception>
    public void EndRecord(int start)
    {
        var record = _bytes.AsSpan(start, Length - start);
        var payloadBytes = record.Length - FrameBytes;
        if (payloadBytes > MaxPayloadBytes)
            throw new InvalidDataException($"A record of {payloadBytes} bytes cannot be kept; the most is {MaxPayloadBytes}.");
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)payloadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Checksum(record[..4], record[FrameBytes..]));
    }

    /// <summary>CRC-32C over length and payload.</summary>
    public static uint Checksum(ReadOnlySpan<byte> length, ReadOnlySpan<byte> payload) =>
        ~Crc32C.Append(Crc32C.Append(Crc32C.Seed, length), payload);

    public void WriteByte(byte value) => Take(1)[0] = value;

    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        WriteUnsigned((ulong)value.Length);
        value.CopyTo(Take(value.Length));
    }

    /// <summary>Verbatim, with nothing before it.</summary>
    public void WriteRaw(ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    /// <summary>LEB128: seven bits a byte, the lowest first.</summary>
    public void WriteUnsigned(ulong value)
    {
        Reserve(10);
        while (value >= 0x80)
        {
            _bytes[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _bytes[Length++] = (byte)value;
    }

    /// <summary>Zigzag, then LEB128: small numbers of either sign are short.</summary>
    public void WriteSigned(long value) => WriteUnsigned((ulong)((value << 1) ^ (value >> 63)));

    public void WriteString(string value)
    {
        // Short ASCII, the usual case, goes in one pass: its length is known before it is encoded.
        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (most < 0x80)
        {
            Reserve(1 + most);
            var bytes = Encoding.UTF8.GetBytes(value, _bytes.AsSpan(Length + 1));
            _bytes[Length] = (byte)bytes;
            Length += 1 + bytes;
            return;
        }

        var count = Encoding.UTF8.GetByteCount(value);
        WriteUnsigned((ulong)count);
        Encoding.UTF8.GetBytes(value, Take(count));
    }

    private Span<byte> Take(int count)
    {
        Reserve(count);
        var span = _bytes.AsSpan(Length, count);
        Length += count;
        return span;
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - Length < count)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
    }
}
