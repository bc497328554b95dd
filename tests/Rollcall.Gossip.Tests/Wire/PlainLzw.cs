namespace Rollcall.Gossip.Tests.Wire;

/// <summary>LZW by the letter of the reference (section 3.3): a dictionary of texts, a list of bits. Slow, and easy to believe.</summary>
internal static class PlainLzw
{
    public static byte[] Encode(byte[] data)
    {
        var bits = new List<bool>();
        int width = 9, highest = 257;
        var table = new Dictionary<string, int>(StringComparer.Ordinal);
        Emit(256);
        var pending = "";
        foreach (var item in data)
        {
            var longer = pending + (char)item;
            if (longer.Length == 1 || table.ContainsKey(longer))
            {
                pending = longer;
                continue;
            }

            Emit(CodeOf(pending));
            if (Step())
                table.Add(longer, highest);
            pending = ((char)item).ToString();
        }

        if (pending.Length > 0)
        {
            Emit(CodeOf(pending));
            Step();
        }

        Emit(257);
        return Pack(bits);

        int CodeOf(string text) => text.Length == 1 ? text[0] : table[text];

        void Emit(int code)
        {
            for (var bit = 0; bit < width; bit++)
                bits.Add((code >> bit & 1) == 1);
        }

        bool Step()
        {
            highest++;
            if (highest == 1 << width)
                width++;
            if (highest != 4095)
                return true;
            Emit(256);
            table.Clear();
            width = 9;
            highest = 257;
            return false;
        }
    }

    /// <summary>Null where the data is malformed.</summary>
    public static byte[]? Decode(byte[] data)
    {
        var output = new List<byte>();
        var table = new Dictionary<int, byte[]>();
        int width = 9, highest = 257, at = 0;
        byte[]? last = null;
        while (true)
        {
            if (at + width > data.Length * 8)
                return null;
            var code = 0;
            for (var bit = 0; bit < width; bit++, at++)
                code |= (data[at / 8] >> (at % 8) & 1) << bit;
            if (code == 257)
                return [.. output];
            if (code == 256)
            {
                (width, highest, last) = (9, 257, null);
                table.Clear();
                continue;
            }

            byte[] piece;
            if (code < 256)
                piece = [(byte)code];
            else if (table.TryGetValue(code, out var known))
                piece = known;
            else if (code == highest && last is not null)
                piece = [.. last, last[0]];
            else
                return null;
            output.AddRange(piece);
            if (last is not null && highest < 4096)
                table[highest] = [.. last, piece[0]];
            last = piece;
            highest++;
            if (highest == 1 << width && width < 12)
                width++;
        }
    }

    private static byte[] Pack(List<bool> bits)
    {
        var bytes = new byte[(bits.Count + 7) / 8];
        for (var i = 0; i < bits.Count; i++)
        {
            if (bits[i])
                bytes[i / 8] |= (byte)(1 << (i % 8));
        }

        return bytes;
    }
}
