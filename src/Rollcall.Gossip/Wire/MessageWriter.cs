using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Wire;

/// <summary>Writes one message: its type, then a map whose names are in the order of ASCII, as peers write them.</summary>
internal ref struct MessageWriter
{
    private MsgPackWriter _writer;
    private readonly int _start;

    public MessageWriter(Span<byte> destination, MessageType type, int fields)
        : this(destination.IsEmpty ? destination : destination[1..], fields)
    {
        if (destination.IsEmpty)
            throw new ArgumentException("The destination is too small for the message.", nameof(destination));
        destination[0] = (byte)type;
        _start = 1;
    }

    /// <summary>A map without a type: a node of an exchange.</summary>
    public MessageWriter(Span<byte> destination, int fields)
    {
        _writer = new(destination);
        _writer.WriteMapHeader(fields);
    }

    public readonly int Written => _start + _writer.Position;

    public void UInt(Field field, uint value) => UInt(field, value, out _);

    /// <summary><paramref name="at"/> is where the number begins.</summary>
    public void UInt(Field field, uint value, out int at)
    {
        _writer.WriteRaw(FieldNames.Of(field));
        at = Written;
        _writer.WriteUnsigned(value);
    }

    public void Bool(Field field, bool value)
    {
        _writer.WriteRaw(FieldNames.Of(field));
        _writer.WriteBool(value);
    }

    public void Text(Field field, ReadOnlySpan<byte> value)
    {
        _writer.WriteRaw(FieldNames.Of(field));
        _writer.WriteRaw(value);
    }

    public void Bytes(Field field, ReadOnlySpan<byte> value)
    {
        _writer.WriteRaw(FieldNames.Of(field));
        _writer.WriteBytesOrNil(value);
    }

    public void Ip(Field field, NodeAddress value)
    {
        _writer.WriteRaw(FieldNames.Of(field));
        if (value.IsNone)
            _writer.WriteNil();
        else
            value.CopyTo(_writer.WriteRawPlace(value.Length));
    }

    public void Versions(ProtocolVersions? value)
    {
        _writer.WriteRaw(FieldNames.Of(Field.Vsn));
        if (value is { } versions)
            versions.CopyTo(_writer.WriteRawPlace(ProtocolVersions.Length));
        else
            _writer.WriteNil();
    }
}
