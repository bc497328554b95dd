namespace Rollcall.Registry.Journaling;

/// <summary>
/// Reads a payload. The first thing that does not fit sets <see cref="Failed"/>, after which everything reads as zero; nothing throws,
/// and no count taken from the bytes is believed beyond what the bytes could hold.
/// </summary>
internal ref struct RecordReader(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _rest = payload;

    public bool Failed { get; private set; }

    public readonly bool AtEnd => _rest.IsEmpty;

    public readonly int Remaining => _rest.Length;

    public void Fail()
    {
        Failed = true;
        _rest = default;
    }

    public byte ReadByte()
    {
        if (_rest.IsEmpty)
        {
            Fail();
            return 0;
        }

        var value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    public ulong ReadUnsigned()
    {
        ulong value = 0;
        for (var i = 0; i < _rest.Length && i < 10; i++)
        {
            var next = _rest[i];
            if (i == 9 && next > 1)
                break;
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next >= 0x80)
                continue;
            _rest = _rest[(i + 1)..];
            return value;
        }

        Fail();
        return 0;
    }

    public long ReadSigned()
    {
        var value = ReadUnsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A number from 0 to <paramref name="most"/>.</summary>
    public int ReadInt(int most)
    {
        var value = ReadUnsigned();
        if (value <= (ulong)most)
            return (int)value;
        Fail();
        return 0;
    }

    public long ReadLong()
    {
        var value = ReadUnsigned();
        if (value <= long.MaxValue)
            return (long)value;
        Fail();
        return 0;
    }

    public ReadOnlySpan<byte> ReadBytes()
    {
        var length = ReadInt(_rest.Length);
        // The length itself took a byte, so it may still promise one too many.
        if (length > _rest.Length)
            Fail();
        if (Failed)
            return default;
        var bytes = _rest[..length];
        _rest = _rest[length..];
        return bytes;
    }

    /// <summary>What was read since <paramref name="before"/> bytes remained in <paramref name="payload"/>.</summary>
    public readonly ReadOnlySpan<byte> Since(ReadOnlySpan<byte> payload, int before) =>
        Failed ? default : payload[^before..^_rest.Length];
}
