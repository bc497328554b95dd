using System.Buffers.Binary;

namespace Rollcall.Gossip.Wire;

/// <summary>
/// msgpack as memberlist emits it: the old specification, without str8 and bin, integers in their smallest unsigned form. Throws
/// <see cref="ArgumentException"/> when the destination is too small.
/// </summary>
internal ref struct MsgPackWriter(Span<byte> destination)
{
    public const int MaxUInt32Length = 5;

    private readonly Span<byte> _destination = destination;

    public int Position { get; private set; }

    public void WriteMapHeader(int count) => WriteHeader(0x80, 0xde, count);

    public void WriteArrayHeader(int count) => WriteHeader(0x90, 0xdc, count);

    public void WriteNil() => Take(1)[0] = 0xc0;

    public void WriteBool(bool value) => Take(1)[0] = value ? (byte)0xc3 : (byte)0xc2;

    /// <summary>A string, or bytes that are there: what is empty is written as such.</summary>
    public void WriteRaw(ReadOnlySpan<byte> value)
    {
        WriteRawHeader(value.Length);
        value.CopyTo(Take(value.Length));
    }

    /// <summary>What is empty is nil.</summary>
    public void WriteBytesOrNil(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            WriteNil();
        else
            WriteRaw(value);
    }

    /// <summary>The place for so many bytes, which the caller fills.</summary>
    public Span<byte> WriteRawPlace(int length)
    {
        WriteRawHeader(length);
        return Take(length);
    }

    public void WriteUnsigned(ulong value)
    {
        if (value <= 0x7f)
        {
            Take(1)[0] = (byte)value;
        }
        else if (value <= byte.MaxValue)
        {
            var bytes = Take(2);
            bytes[0] = 0xcc;
            bytes[1] = (byte)value;
        }
        else if (value <= ushort.MaxValue)
        {
            var bytes = Take(3);
            bytes[0] = 0xcd;
            BinaryPrimitives.WriteUInt16BigEndian(bytes[1..], (ushort)value);
        }
        else if (value <= uint.MaxValue)
        {
            var bytes = Take(5);
            bytes[0] = 0xce;
            BinaryPrimitives.WriteUInt32BigEndian(bytes[1..], (uint)value);
        }
        else
        {
            var bytes = Take(9);
            bytes[0] = 0xcf;
            BinaryPrimitives.WriteUInt64BigEndian(bytes[1..], value);
        }
    }

    /// <summary>The head of so many bytes, which follow by other means.</summary>
    public void WriteRawHeader(int length)
    {
        if (length < 32)
        {
            Take(1)[0] = (byte)(0xa0 | length);
        }
        else if (length <= ushort.MaxValue)
        {
            var bytes = Take(3);
            bytes[0] = 0xda;
            BinaryPrimitives.WriteUInt16BigEndian(bytes[1..], (ushort)length);
        }
        else
        {
            var bytes = Take(5);
            bytes[0] = 0xdb;
            BinaryPrimitives.WriteInt32BigEndian(bytes[1..], length);
        }
    }

    private void WriteHeader(byte fix, byte wide, int count)
    {
        if (count <= 0x0f)
        {
            Take(1)[0] = (byte)(fix | count);
        }
        else if (count <= ushort.MaxValue)
        {
            var bytes = Take(3);
            bytes[0] = wide;
            BinaryPrimitives.WriteUInt16BigEndian(bytes[1..], (ushort)count);
        }
        else
        {
            var bytes = Take(5);
            bytes[0] = (byte)(wide + 1);
            BinaryPrimitives.WriteInt32BigEndian(bytes[1..], count);
        }
    }

    private Span<byte> Take(int length)
    {
        if (length > _destination.Length - Position)
            throw new ArgumentException("The destination is too small for the message.", nameof(length));
        var taken = _destination.Slice(Position, length);
        Position += length;
        return taken;
    }
}
