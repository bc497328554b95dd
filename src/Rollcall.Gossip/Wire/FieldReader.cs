namespace Rollcall.Gossip.Wire;

/// <summary>
/// Walks the fields of one message: a map in any order, the last of two equal names winning, or an array in the order of declaration. The first value that does not
/// fit ends the walk and is the <see cref="Refusal"/>.
/// </summary>
internal ref struct FieldReader
{
    private readonly ReadOnlySpan<Field> _order;
    private readonly bool _isArray;
    private readonly int _count;
    private MsgPackReader _reader;
    private int _index;

    public FieldReader(ReadOnlySpan<byte> body, ReadOnlySpan<Field> order)
    {
        _order = order;
        _reader = new(body);
        _isArray = _reader.NextIsArray;
        if (!(_isArray ? _reader.TryReadArrayHeader(out _count) : _reader.TryReadMapHeader(out _count)))
            Fail("it is no message of its type");
    }

    /// <summary>A constant, so that refusing costs nothing.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Bytes of the message, once all fields are read; what follows is not its own.</summary>
    public readonly int Consumed => _reader.Position;

    public bool TryNext(out Field field)
    {
        field = Field.Unknown;
        if (Refusal is not null || _index == _count)
            return false;
        var index = _index++;
        if (_isArray)
            field = index < _order.Length ? _order[index] : Field.Unknown;
        else if (_reader.TryReadRaw(out var name))
            field = FieldNames.Find(name);
        else
            Fail("a field has no name");
        return Refusal is null;
    }

    public void Skip()
    {
        if (!_reader.TrySkip())
            Fail("a field is malformed");
    }

    public uint UInt32() => (uint)Unsigned(uint.MaxValue);

    public ushort UInt16() => (ushort)Unsigned(ushort.MaxValue);

    public byte Byte() => (byte)Unsigned(byte.MaxValue);

    public int Int32()
    {
        if (_reader.TryReadSigned(out var value) && value is >= int.MinValue and <= int.MaxValue)
            return (int)value;
        Fail("a number does not fit its field");
        return 0;
    }

    public bool Bool()
    {
        if (!_reader.TryReadBool(out var value))
            Fail("a flag is neither true nor false");
        return value;
    }

    public ReadOnlySpan<byte> Name() => Raw(WireLimits.MaxNameBytes);

    public ReadOnlySpan<byte> Raw(int maxLength)
    {
        if (!_reader.TryReadRaw(out var value))
            Fail("a text is malformed");
        else if (value.Length > maxLength)
            Fail("a text is too long");
        return value;
    }

    public ReadOnlySpan<byte> Bytes(int maxLength)
    {
        if (!_reader.TryReadBytes(out var value))
            Fail("bytes are malformed");
        else if (value.Length > maxLength)
            Fail("there are too many bytes in a field");
        return value;
    }

    public ReadOnlySpan<byte> Ip()
    {
        var value = Bytes(Messages.NodeAddress.MaxLength);
        if (Messages.NodeAddress.IsValidLength(value.Length))
            return value;
        Fail("an address has neither 4 nor 16 bytes");
        return default;
    }

    public void Fail(string refusal) => Refusal ??= refusal;

    private ulong Unsigned(ulong max)
    {
        if (_reader.TryReadUnsigned(max, out var value))
            return value;
        Fail("a number does not fit its field");
        return 0;
    }
}
