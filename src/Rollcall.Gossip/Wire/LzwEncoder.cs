namespace Rollcall.Gossip.Wire;

/// <summary>Compresses, byte for byte as Go's compress/lzw does. Keeps its table between calls; one caller at a time.</summary>
internal sealed class LzwEncoder
{
    // An entry is a code of 20 bits to look up (a prefix and a byte) above the 12 bits of the code it has. A slot is 0 when free: no pair has the code 0.
    private const int Slots = 1 << 13;
    private readonly uint[] _table = new uint[Slots];

    private int _highest;
    private int _width;
    private ulong _bits;
    private int _bitCount;

    /// <summary>False when the result does not fit the destination, and then what is in it is of no use.</summary>
    public bool TryEncode(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        written = 0;
        _bits = 0;
        _bitCount = 0;
        Forget();
        if (!TryEmit(Lzw.ClearCode, destination, ref written))
            return false;
        if (!source.IsEmpty)
        {
            uint prefix = source[0];
            foreach (var next in source[1..])
            {
                var pair = (prefix << 8) | next;
                var slot = Find(pair);
                if (_table[slot] != 0)
                {
                    prefix = _table[slot] & 0xfff;
                    continue;
                }

                if (!TryEmit((int)prefix, destination, ref written) || !TryStep(destination, ref written, out var wasCleared))
                    return false;
                if (!wasCleared)
                    _table[slot] = (pair << 12) | (uint)_highest;
                prefix = next;
            }

            if (!TryEmit((int)prefix, destination, ref written) || !TryStep(destination, ref written, out _))
                return false;
        }

        return TryEmit(Lzw.EndCode, destination, ref written) && TryFlush(destination, ref written);
    }

    // The pair that would take the last code is not kept: the table is cleared instead.
    private bool TryStep(Span<byte> destination, ref int written, out bool wasCleared)
    {
        _highest++;
        if (_highest == 1 << _width)
            _width++;
        wasCleared = _highest == Lzw.Codes - 1;
        if (!wasCleared)
            return true;
        var emitted = TryEmit(Lzw.ClearCode, destination, ref written);
        Forget();
        return emitted;
    }

    private void Forget()
    {
        Array.Clear(_table);
        _width = Lzw.FirstWidth;
        _highest = Lzw.EndCode;
    }

    private int Find(uint pair)
    {
        var slot = (int)((pair * 2654435761) >> 19);
        while (_table[slot] != 0 && _table[slot] >> 12 != pair)
            slot = (slot + 1) & (Slots - 1);
        return slot;
    }

    private bool TryEmit(int code, Span<byte> destination, ref int written)
    {
        _bits |= (ulong)code << _bitCount;
        for (_bitCount += _width; _bitCount >= 8; _bitCount -= 8)
        {
            if (written == destination.Length)
                return false;
            destination[written++] = (byte)_bits;
            _bits >>= 8;
        }

        return true;
    }

    private bool TryFlush(Span<byte> destination, ref int written)
    {
        if (_bitCount == 0)
            return true;
        if (written == destination.Length)
            return false;
        destination[written++] = (byte)_bits;
        return true;
    }
}
