namespace Rollcall.Gossip.Wire;

/// <summary>
/// Expands into a destination that is the bound. A code stands for a piece of what has been written already, so an entry is a place and a length and there is nothing
/// to unwind. Keeps its table between calls; one caller at a time.
/// </summary>
internal sealed class LzwDecoder
{
    private readonly int[] _starts = new int[Lzw.Codes];
    private readonly int[] _lengths = new int[Lzw.Codes];

    /// <summary>How it ended; <paramref name="written"/> counts in each case, as work that was done.</summary>
    public LzwResult Decode(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        written = 0;
        var width = Lzw.FirstWidth;
        var highest = Lzw.EndCode;
        var lastStart = -1; // before the first code after a clear, and when the table is full
        var lastLength = 0;
        var bits = 0u;
        var bitCount = 0;
        var read = 0;
        while (true)
        {
            for (; bitCount < width; bitCount += 8)
            {
                if (read == source.Length)
                    return LzwResult.Malformed; // the end code is mandatory
                bits |= (uint)source[read++] << bitCount;
            }

            var code = (int)bits & ((1 << width) - 1);
            bits >>= width;
            bitCount -= width;
            if (code == Lzw.EndCode)
                return LzwResult.Done;
            if (code == Lzw.ClearCode)
            {
                width = Lzw.FirstWidth;
                highest = Lzw.EndCode;
                lastStart = -1;
                continue;
            }

            if (code > highest)
                return LzwResult.Malformed;
            if (lastStart >= 0)
            {
                // The last piece and the byte after it, which is the first of the piece about to be written. So a code may stand for the very entry made here.
                _starts[highest] = lastStart;
                _lengths[highest] = lastLength + 1;
            }

            lastStart = written;
            lastLength = code < Lzw.ClearCode ? 1 : _lengths[code];
            if (lastLength > destination.Length - written)
                return LzwResult.TooLarge;
            if (code < Lzw.ClearCode)
                destination[written] = (byte)code;
            else
                Repeat(destination, _starts[code], written, lastLength);
            written += lastLength;

            highest++;
            if (highest < 1 << width)
                continue;
            if (width < Lzw.LastWidth)
            {
                width++;
            }
            else
            {
                highest--;
                lastStart = -1;
            }
        }
    }

    private static void Repeat(Span<byte> destination, int from, int to, int length)
    {
        // Most pieces are shorter than the call of a copy is worth.
        if (length > 16 && from + length <= to)
        {
            destination.Slice(from, length).CopyTo(destination[to..]);
            return;
        }

        for (var i = 0; i < length; i++)
            destination[to + i] = destination[from + i];
    }
}
