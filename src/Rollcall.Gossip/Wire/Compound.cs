using System.Buffers.Binary;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Wire;

/// <summary>Several messages in one: their number, their lengths, themselves. Walks the parts of one that was received, its type taken off.</summary>
internal ref struct Compound
{
    public const int HeadBytes = 2;
    public const int BytesPerPart = 2;

    private readonly ReadOnlySpan<byte> _table;
    private readonly int _count;
    private ReadOnlySpan<byte> _rest;
    private int _index;

    private Compound(ReadOnlySpan<byte> table, ReadOnlySpan<byte> rest)
    {
        _count = table.Length / BytesPerPart;
        _table = table;
        _rest = rest;
    }

    /// <summary>Parts that are announced and not all there.</summary>
    public readonly int Truncated => _count - _index;

    public static bool TryOpen(ReadOnlySpan<byte> body, out Compound compound)
    {
        compound = default;
        if (body.IsEmpty || body.Length - 1 < body[0] * BytesPerPart)
            return false;
        var table = body.Slice(1, body[0] * BytesPerPart);
        compound = new(table, body[(1 + table.Length)..]);
        return true;
    }

    public bool TryNext(out ReadOnlySpan<byte> part)
    {
        part = default;
        if (_index == _count)
            return false;
        int length = BinaryPrimitives.ReadUInt16BigEndian(_table[(_index * BytesPerPart)..]);
        if (length > _rest.Length)
            return false;
        part = _rest[..length];
        _rest = _rest[length..];
        _index++;
        return true;
    }

    public static int HeadLength(int parts) => HeadBytes + (parts * BytesPerPart);

    public static void WriteHead(Span<byte> destination, ReadOnlySpan<ushort> lengths)
    {
        destination[0] = (byte)MessageType.Compound;
        destination[1] = (byte)lengths.Length;
        destination = destination[HeadBytes..];
        for (var i = 0; i < lengths.Length; i++)
            BinaryPrimitives.WriteUInt16BigEndian(destination[(i * BytesPerPart)..], lengths[i]);
    }
}
