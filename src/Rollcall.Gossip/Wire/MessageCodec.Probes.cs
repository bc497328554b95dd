using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Wire;

/// <summary>
/// Single messages to bytes and back, without an allocation. What is written begins with the type; what is read does not. A message read is a view of the bytes given.
/// </summary>
internal static partial class MessageCodec
{
    // Names of all fields and their values' heads never take more than this together.
    private const int MaxOverhead = 128;

    private static ReadOnlySpan<Field> PingOrder => [Field.SeqNo, Field.Node, Field.SourceAddr, Field.SourcePort, Field.SourceNode];

    private static ReadOnlySpan<Field> IndirectPingOrder =>
        [Field.SeqNo, Field.Target, Field.Port, Field.Node, Field.Nack, Field.SourceAddr, Field.SourcePort, Field.SourceNode];

    private static ReadOnlySpan<Field> AckOrder => [Field.SeqNo, Field.Payload];

    private static ReadOnlySpan<Field> NackOrder => [Field.SeqNo];

    public static int MaxSize(in Ping message) => MaxOverhead + message.Node.Length + message.SourceNode.Length;

    public static int MaxSize(in IndirectPing message) => MaxOverhead + message.Node.Length + message.SourceNode.Length;

    public static int MaxSize(in Ack message) => MaxOverhead + message.Payload.Length;

    public static int MaxSize(in Nack message) => MaxOverhead;

    public static int Write(Span<byte> destination, in Ping message)
    {
        var writer = new MessageWriter(destination, MessageType.Ping, 2 + SourceFields(message.Source, message.SourceNode));
        writer.Text(Field.Node, message.Node);
        writer.UInt(Field.SeqNo, message.SeqNo);
        WriteSource(ref writer, message.Source, message.SourceNode);
        return writer.Written;
    }

    public static int Write(Span<byte> destination, in IndirectPing message)
    {
        var writer = new MessageWriter(destination, MessageType.IndirectPing, 5 + SourceFields(message.Source, message.SourceNode));
        writer.Bool(Field.Nack, message.Nack);
        writer.Text(Field.Node, message.Node);
        writer.UInt(Field.Port, message.Target.Port);
        writer.UInt(Field.SeqNo, message.SeqNo);
        WriteSource(ref writer, message.Source, message.SourceNode);
        writer.Ip(Field.Target, message.Target);
        return writer.Written;
    }

    public static int Write(Span<byte> destination, in Ack message)
    {
        var writer = new MessageWriter(destination, MessageType.Ack, 2);
        writer.Bytes(Field.Payload, message.Payload);
        writer.UInt(Field.SeqNo, message.SeqNo);
        return writer.Written;
    }

    public static int Write(Span<byte> destination, in Nack message)
    {
        var writer = new MessageWriter(destination, MessageType.Nack, 1);
        writer.UInt(Field.SeqNo, message.SeqNo);
        return writer.Written;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out Ping message, out string? refusal)
    {
        refusal = null;
        return TryReadUsual(body, out message) || TryReadAny(body, out message, out refusal);
    }

    // In the form that this library and memberlist write, which needs no name of a field looked up. What is not of it, or not within the limits, is left to the reader of all forms.
    private static bool TryReadUsual(ReadOnlySpan<byte> body, out Ping message)
    {
        message = default;
        var reader = new MsgPackReader(body);
        if (!(reader.TryReadMapHeader(out var fields) && fields == 5
            && reader.TryPassText("Node"u8) && reader.TryReadRaw(out var node) && node.Length <= WireLimits.MaxNameBytes
            && reader.TryPassText("SeqNo"u8) && reader.TryReadUnsigned(uint.MaxValue, out var seqNo)
            && reader.TryPassText("SourceAddr"u8) && reader.TryReadRaw(out var ip) && NodeAddress.IsValidLength(ip.Length)
            && reader.TryPassText("SourceNode"u8) && reader.TryReadRaw(out var sourceNode) && sourceNode.Length <= WireLimits.MaxNameBytes
            && reader.TryPassText("SourcePort"u8) && reader.TryReadUnsigned(ushort.MaxValue, out var port)))
        {
            return false;
        }

        message = new((uint)seqNo, node, NodeAddress.From(ip, (ushort)port), sourceNode);
        return true;
    }

    internal static bool TryReadAny(ReadOnlySpan<byte> body, out Ping message, out string? refusal)
    {
        var fields = new FieldReader(body, PingOrder);
        uint seqNo = 0;
        ushort port = 0;
        ReadOnlySpan<byte> node = default, ip = default, sourceNode = default;
        while (fields.TryNext(out var field))
        {
            switch (field)
            {
                case Field.SeqNo: seqNo = fields.UInt32(); break;
                case Field.Node: node = fields.Name(); break;
                case Field.SourceAddr: ip = fields.Ip(); break;
                case Field.SourcePort: port = fields.UInt16(); break;
                case Field.SourceNode: sourceNode = fields.Name(); break;
                default: fields.Skip(); break;
            }
        }

        refusal = fields.Refusal;
        message = refusal is null ? new(seqNo, node, NodeAddress.From(ip, port), sourceNode) : default;
        return refusal is null;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out IndirectPing message, out string? refusal)
    {
        var fields = new FieldReader(body, IndirectPingOrder);
        uint seqNo = 0;
        ushort port = 0, targetPort = 0;
        var nack = false;
        ReadOnlySpan<byte> node = default, ip = default, sourceNode = default, target = default;
        while (fields.TryNext(out var field))
        {
            switch (field)
            {
                case Field.SeqNo: seqNo = fields.UInt32(); break;
                case Field.Target: target = fields.Ip(); break;
                case Field.Port: targetPort = fields.UInt16(); break;
                case Field.Node: node = fields.Name(); break;
                case Field.Nack: nack = fields.Bool(); break;
                case Field.SourceAddr: ip = fields.Ip(); break;
                case Field.SourcePort: port = fields.UInt16(); break;
                case Field.SourceNode: sourceNode = fields.Name(); break;
                default: fields.Skip(); break;
            }
        }

        refusal = fields.Refusal;
        message = refusal is null ? new(seqNo, NodeAddress.From(target, targetPort), node, nack, NodeAddress.From(ip, port), sourceNode) : default;
        return refusal is null;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out Ack message, out string? refusal)
    {
        var fields = new FieldReader(body, AckOrder);
        uint seqNo = 0;
        ReadOnlySpan<byte> payload = default;
        while (fields.TryNext(out var field))
        {
            switch (field)
            {
                case Field.SeqNo: seqNo = fields.UInt32(); break;
                case Field.Payload: payload = fields.Bytes(body.Length); break;
                default: fields.Skip(); break;
            }
        }

        refusal = fields.Refusal;
        message = refusal is null ? new(seqNo, payload) : default;
        return refusal is null;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out Nack message, out string? refusal)
    {
        var fields = new FieldReader(body, NackOrder);
        uint seqNo = 0;
        while (fields.TryNext(out var field))
        {
            if (field == Field.SeqNo)
                seqNo = fields.UInt32();
            else
                fields.Skip();
        }

        refusal = fields.Refusal;
        message = new(seqNo);
        return refusal is null;
    }

    // What is empty is left out, and the map is smaller by it.
    private static int SourceFields(NodeAddress source, ReadOnlySpan<byte> sourceNode) =>
        (source.IsNone ? 0 : 1) + (sourceNode.IsEmpty ? 0 : 1) + (source.Port == 0 ? 0 : 1);

    private static void WriteSource(ref MessageWriter writer, NodeAddress source, ReadOnlySpan<byte> sourceNode)
    {
        if (!source.IsNone)
            writer.Ip(Field.SourceAddr, source);
        if (!sourceNode.IsEmpty)
            writer.Text(Field.SourceNode, sourceNode);
        if (source.Port != 0)
            writer.UInt(Field.SourcePort, source.Port);
    }
}
