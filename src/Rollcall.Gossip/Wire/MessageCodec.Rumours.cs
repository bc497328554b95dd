using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Wire;

internal static partial class MessageCodec
{
    private const string NoName = "it names no node";

    private static ReadOnlySpan<Field> AccusationOrder => [Field.Incarnation, Field.Node, Field.From];

    private static ReadOnlySpan<Field> AliveOrder => [Field.Incarnation, Field.Node, Field.Addr, Field.Port, Field.Meta, Field.Vsn];

    public static int MaxSize(in Suspect message) => MaxOverhead + message.Node.Length + message.From.Length;

    public static int MaxSize(in Dead message) => MaxOverhead + message.Node.Length + message.From.Length;

    public static int MaxSize(in Alive message) => MaxOverhead + message.Node.Length + message.Meta.Length;

    public static int Write(Span<byte> destination, in Suspect message) =>
        WriteAccusation(destination, MessageType.Suspect, message.Incarnation, message.Node, message.From);

    public static int Write(Span<byte> destination, in Dead message) =>
        WriteAccusation(destination, MessageType.Dead, message.Incarnation, message.Node, message.From);

    public static int Write(Span<byte> destination, in Alive message)
    {
        var writer = new MessageWriter(destination, MessageType.Alive, 6);
        writer.Ip(Field.Addr, message.Address);
        writer.UInt(Field.Incarnation, message.Incarnation);
        writer.Bytes(Field.Meta, message.Meta);
        writer.Text(Field.Node, message.Node);
        writer.UInt(Field.Port, message.Address.Port);
        writer.Versions(message.Versions);
        return writer.Written;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out Suspect message, out string? refusal)
    {
        var read = TryReadAccusation(body, out var incarnation, out var node, out var from, out refusal);
        message = read ? new(incarnation, node, from) : default;
        return read;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out Dead message, out string? refusal)
    {
        var read = TryReadAccusation(body, out var incarnation, out var node, out var from, out refusal);
        message = read ? new(incarnation, node, from) : default;
        return read;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out Alive message, out string? refusal)
    {
        refusal = null;
        return TryReadUsual(body, out message) || TryReadAny(body, out message, out refusal);
    }

    // In the form that this library and memberlist write, which needs no name of a field looked up. What is not of it, or not within the limits, is left to the reader of all forms.
    private static bool TryReadUsual(ReadOnlySpan<byte> body, out Alive message)
    {
        message = default;
        var reader = new MsgPackReader(body);
        if (!(reader.TryReadMapHeader(out var fields) && fields == 6
            && reader.TryPassText("Addr"u8) && reader.TryReadRaw(out var ip) && NodeAddress.IsValidLength(ip.Length)
            && reader.TryPassText("Incarnation"u8) && reader.TryReadUnsigned(uint.MaxValue, out var incarnation)
            && reader.TryPassText("Meta"u8) && reader.TryReadRaw(out var meta) && meta.Length <= WireLimits.MaxMetaBytes
            && reader.TryPassText("Node"u8) && reader.TryReadRaw(out var node) && node.Length is > 0 and <= WireLimits.MaxNameBytes
            && reader.TryPassText("Port"u8) && reader.TryReadUnsigned(ushort.MaxValue, out var port)
            && reader.TryPassText("Vsn"u8) && reader.TryReadRaw(out var versions)))
        {
            return false;
        }

        message = new((uint)incarnation, node, NodeAddress.From(ip, (ushort)port), meta, ProtocolVersions.From(versions));
        return true;
    }

    internal static bool TryReadAny(ReadOnlySpan<byte> body, out Alive message, out string? refusal)
    {
        var fields = new FieldReader(body, AliveOrder);
        uint incarnation = 0;
        ushort port = 0;
        ReadOnlySpan<byte> node = default, ip = default, meta = default, versions = default;
        while (fields.TryNext(out var field))
        {
            switch (field)
            {
                case Field.Incarnation: incarnation = fields.UInt32(); break;
                case Field.Node: node = fields.Name(); break;
                case Field.Addr: ip = fields.Ip(); break;
                case Field.Port: port = fields.UInt16(); break;
                case Field.Meta: meta = fields.Bytes(WireLimits.MaxMetaBytes); break;
                case Field.Vsn: versions = fields.Bytes(body.Length); break;
                default: fields.Skip(); break;
            }
        }

        if (node.IsEmpty)
            fields.Fail(NoName);
        refusal = fields.Refusal;
        message = refusal is null ? new(incarnation, node, NodeAddress.From(ip, port), meta, ProtocolVersions.From(versions)) : default;
        return refusal is null;
    }

    private static int WriteAccusation(Span<byte> destination, MessageType type, uint incarnation, ReadOnlySpan<byte> node, ReadOnlySpan<byte> from)
    {
        var writer = new MessageWriter(destination, type, 3);
        writer.Text(Field.From, from);
        writer.UInt(Field.Incarnation, incarnation);
        writer.Text(Field.Node, node);
        return writer.Written;
    }

    private static bool TryReadAccusation(ReadOnlySpan<byte> body, out uint incarnation, out ReadOnlySpan<byte> node, out ReadOnlySpan<byte> from, out string? refusal)
    {
        refusal = null;
        return TryReadUsual(body, out incarnation, out node, out from) || TryReadAny(body, out incarnation, out node, out from, out refusal);
    }

    /// <summary>An accusation in any form that is read.</summary>
    internal static bool TryReadAny(ReadOnlySpan<byte> body, out uint incarnation, out ReadOnlySpan<byte> node, out ReadOnlySpan<byte> from, out string? refusal)
    {
        var fields = new FieldReader(body, AccusationOrder);
        incarnation = 0;
        node = from = default;
        while (fields.TryNext(out var field))
        {
            switch (field)
            {
                case Field.Incarnation: incarnation = fields.UInt32(); break;
                case Field.Node: node = fields.Name(); break;
                case Field.From: from = fields.Name(); break;
                default: fields.Skip(); break;
            }
        }

        if (node.IsEmpty)
            fields.Fail(NoName);
        refusal = fields.Refusal;
        return refusal is null;
    }

    private static bool TryReadUsual(ReadOnlySpan<byte> body, out uint incarnation, out ReadOnlySpan<byte> node, out ReadOnlySpan<byte> from)
    {
        var reader = new MsgPackReader(body);
        ulong number = 0;
        node = from = default;
        var read = reader.TryReadMapHeader(out var fields) && fields == 3
            && reader.TryPassText("From"u8) && reader.TryReadRaw(out from) && from.Length <= WireLimits.MaxNameBytes
            && reader.TryPassText("Incarnation"u8) && reader.TryReadUnsigned(uint.MaxValue, out number)
            && reader.TryPassText("Node"u8) && reader.TryReadRaw(out node) && node.Length is > 0 and <= WireLimits.MaxNameBytes;
        incarnation = (uint)number;
        return read;
    }
}
