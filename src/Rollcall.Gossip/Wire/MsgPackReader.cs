using System.Runtime.CompilerServices;

namespace Rollcall.Gossip.Wire;

/// <summary>
/// msgpack as memberlist accepts it: strings and bytes are one family in every form, integers of every width and sign that fit, nil for anything. Never throws;
/// a method that fails leaves the position undefined.
/// </summary>
internal ref struct MsgPackReader(ReadOnlySpan<byte> buffer)
{
    private readonly ReadOnlySpan<byte> _buffer = buffer;

    public int Position { get; private set; }

    /// <summary>The last failure was the end of the buffer: so many bytes from its beginning may cure it. 0 where nothing can.</summary>
    public int Needed { get; private set; }

    /// <summary>Values begun so far, which is what a walk costs.</summary>
    public int Values { get; private set; }

    public readonly int Remaining => _buffer.Length - Position;

    /// <summary>Reads nothing unless the next value is nil.</summary>
    public bool TryReadNil()
    {
        if (Remaining == 0 || _buffer[Position] != 0xc0)
            return false;
        Position++;
        return true;
    }

    /// <summary>Passes over this text of less than 32 bytes in its usual form; stays where something else is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPassText(ReadOnlySpan<byte> text)
    {
        var rest = _buffer[Position..];
        if (rest.Length <= text.Length || rest[0] != (0xa0 | text.Length) || !rest[1..].StartsWith(text))
            return false;
        Position += 1 + text.Length;
        return true;
    }

    public readonly bool NextIsArray => Remaining > 0 && _buffer[Position] is (>= 0x90 and <= 0x9f) or 0xdc or 0xdd;

    public bool TryReadMapHeader(out int count) => TryReadHeader(0x80, 0xde, bytesEach: 2, out count);

    public bool TryReadArrayHeader(out int count) => TryReadHeader(0x90, 0xdc, bytesEach: 1, out count);

    /// <summary>A string or bytes in any form but an array. Nil is empty.</summary>
    public bool TryReadRaw(out ReadOnlySpan<byte> value)
    {
        value = default;
        return TryReadByte(out var head) && TryReadRawLength(head, out var length) && TryTake(length, out value);
    }

    /// <summary>Bytes in any form, also as an array of integers. Only that form allocates; no peer is known to send it.</summary>
    public bool TryReadBytes(out ReadOnlySpan<byte> value)
    {
        if (!NextIsArray)
            return TryReadRaw(out value);
        value = default;
        if (!TryReadArrayHeader(out var count))
            return false;
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            if (!TryReadUnsigned(byte.MaxValue, out var item))
                return false;
            bytes[i] = (byte)item;
        }

        value = bytes;
        return true;
    }

    public bool TryReadUnsigned(ulong max, out ulong value) => TryReadInteger(out value, out var isNegative) && !isNegative && value <= max;

    public bool TryReadSigned(out long value)
    {
        var read = TryReadInteger(out var bits, out var isNegative);
        value = (long)bits;
        return read && (isNegative || bits <= long.MaxValue);
    }

    public bool TryReadBool(out bool value)
    {
        value = false;
        if (!TryReadByte(out var head))
            return false;
        value = head is 0xc3 or 0x01;
        return head is 0xc0 or 0xc2 or 0xc3 or 0x00 or 0x01;
    }

    /// <summary>Passes over one value whatever it is, nested at most as deep as <see cref="WireLimits.MaxValueDepth"/>.</summary>
    public bool TrySkip() => TrySkip(WireLimits.MaxValueDepth);

    private bool TrySkip(int depth)
    {
        if (depth == 0 || !TryReadByte(out var head))
            return false;
        int count;
        switch (head)
        {
            case <= 0x7f or >= 0xe0 or 0xc0 or 0xc2 or 0xc3:
                return true;
            case 0xcc or 0xd0:
                return TryTake(1, out _);
            case 0xcd or 0xd1:
                return TryTake(2, out _);
            case 0xca or 0xce or 0xd2:
                return TryTake(4, out _);
            case 0xcb or 0xcf or 0xd3:
                return TryTake(8, out _);
            case >= 0xd4 and <= 0xd8: // an extension of fixed size: its type and 1, 2, 4, 8 or 16 bytes
                return TryTake(1 + (1 << (head - 0xd4)), out _);
            case >= 0xc7 and <= 0xc9:
                return TryReadLength(1 << (head - 0xc7), out count) && TryTake(1, out _) && TryTake(count, out _);
            case (>= 0x80 and <= 0x8f) or 0xde or 0xdf:
                Position--;
                return TryReadMapHeader(out count) && TrySkipAll(2 * count, depth - 1);
            case (>= 0x90 and <= 0x9f) or 0xdc or 0xdd:
                Position--;
                return TryReadArrayHeader(out count) && TrySkipAll(count, depth - 1);
            default:
                return TryReadRawLength(head, out count) && TryTake(count, out _);
        }
    }

    private bool TrySkipAll(int count, int depth)
    {
        for (; count > 0; count--)
        {
            if (!TrySkip(depth))
                return false;
        }

        return true;
    }

    private bool TryReadInteger(out ulong value, out bool isNegative)
    {
        value = 0;
        isNegative = false;
        if (!TryReadByte(out var head))
            return false;
        switch (head)
        {
            case <= 0x7f:
                value = head;
                return true;
            case >= 0xe0:
                value = (ulong)(sbyte)head;
                isNegative = true;
                return true;
            case 0xc0:
                return true;
            case >= 0xcc and <= 0xcf when TryTake(1 << (head - 0xcc), out var unsigned):
                foreach (var item in unsigned)
                    value = (value << 8) | item;
                return true;
            case >= 0xd0 and <= 0xd3 when TryTake(1 << (head - 0xd0), out var signed):
                value = (ulong)(sbyte)signed[0];
                foreach (var item in signed[1..])
                    value = (value << 8) | item;
                isNegative = (long)value < 0;
                return true;
            default:
                return false;
        }
    }

    private bool TryReadRawLength(byte head, out int length)
    {
        length = 0;
        switch (head)
        {
            case >= 0xa0 and <= 0xbf:
                length = head & 0x1f;
                return true;
            case 0xc0:
                return true;
            case 0xd9 or 0xc4:
                return TryReadLength(1, out length);
            case 0xda or 0xc5:
                return TryReadLength(2, out length);
            case 0xdb or 0xc6:
                return TryReadLength(4, out length);
            default:
                return false;
        }
    }

    // A count is believed only as far as the bytes for it can be there, so that nobody allocates for a lie. Where it is not, more bytes may make it true.
    private bool TryReadHeader(byte fix, byte wide, int bytesEach, out int count)
    {
        count = 0;
        if (!TryReadByte(out var head))
            return false;
        if ((head & 0xf0) == fix)
            count = head & 0x0f;
        else if (head != wide && head != wide + 1)
            return false;
        else if (!TryReadLength(head == wide ? 2 : 4, out count))
            return false;
        var fits = (long)count * bytesEach <= Remaining;
        Needed = fits ? 0 : (int)Math.Min(Position + ((long)count * bytesEach), int.MaxValue);
        return fits;
    }

    private bool TryReadLength(int width, out int length)
    {
        length = 0;
        if (!TryTake(width, out var bytes))
            return false;
        var value = 0u;
        foreach (var item in bytes)
            value = (value << 8) | item;
        length = (int)Math.Min(value, int.MaxValue / 2);
        return true;
    }

    // The first byte of a value.
    private bool TryReadByte(out byte value)
    {
        Values++;
        var isThere = Remaining > 0;
        Needed = isThere ? 0 : Position + 1;
        value = isThere ? _buffer[Position++] : default;
        return isThere;
    }

    private bool TryTake(int length, out ReadOnlySpan<byte> value)
    {
        var isThere = length <= Remaining;
        Needed = isThere ? 0 : Position + length;
        value = isThere ? _buffer.Slice(Position, length) : default;
        Position += value.Length;
        return isThere;
    }
}
