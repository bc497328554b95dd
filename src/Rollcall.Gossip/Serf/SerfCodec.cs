using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Serf;

/// <summary>Serf's messages to bytes and back. What is written begins with the type; what is read does not. Fields may come in any order, and those nobody here knows are passed over.</summary>
internal static partial class SerfCodec
{
    /// <summary>Names of fields, heads and numbers never take more than this together.</summary>
    public const int MaxOverhead = 256;

    public static int Write(Span<byte> destination, in JoinIntent message)
    {
        var writer = Begin(destination, SerfMessageType.JoinIntent, 2);
        WriteTime(ref writer, message.Time);
        writer.WriteRaw("Node"u8);
        writer.WriteRaw(message.Node);
        return 1 + writer.Position;
    }

    public static int Write(Span<byte> destination, in LeaveIntent message)
    {
        var writer = Begin(destination, SerfMessageType.LeaveIntent, 3);
        WriteTime(ref writer, message.Time);
        writer.WriteRaw("Node"u8);
        writer.WriteRaw(message.Node);
        writer.WriteRaw("Prune"u8);
        writer.WriteBool(message.Prune);
        return 1 + writer.Position;
    }

    public static int Write(Span<byte> destination, in UserEvent message)
    {
        var writer = Begin(destination, SerfMessageType.UserEvent, 4);
        writer.WriteRaw("CC"u8);
        writer.WriteBool(message.Coalesces);
        WriteTime(ref writer, message.Time);
        writer.WriteRaw("Name"u8);
        writer.WriteRaw(message.Name);
        writer.WriteRaw("Payload"u8);
        writer.WriteBytesOrNil(message.Payload);
        return 1 + writer.Position;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out JoinIntent message)
    {
        var read = TryReadIntent(body, out var time, out var node, out _);
        message = new(time, node);
        return read;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out LeaveIntent message)
    {
        var read = TryReadIntent(body, out var time, out var node, out var prune);
        message = new(time, node, prune);
        return read;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out UserEvent message)
    {
        var reader = new MsgPackReader(body);
        ulong time = 0;
        ReadOnlySpan<byte> name = default, payload = default;
        var coalesces = false;
        var read = reader.TryReadMapHeader(out var count);
        for (; read && count > 0; count--)
        {
            read = reader.TryReadRaw(out var key) && key switch
            {
                _ when key.SequenceEqual("LTime"u8) => reader.TryReadUnsigned(ulong.MaxValue, out time),
                _ when key.SequenceEqual("Name"u8) => reader.TryReadRaw(out name),
                _ when key.SequenceEqual("Payload"u8) => reader.TryReadBytes(out payload),
                _ when key.SequenceEqual("CC"u8) => reader.TryReadBool(out coalesces),
                _ => reader.TrySkip(),
            };
        }

        message = new(time, name, payload, coalesces);
        return read;
    }

    private static bool TryReadIntent(ReadOnlySpan<byte> body, out ulong time, out ReadOnlySpan<byte> node, out bool prune)
    {
        var reader = new MsgPackReader(body);
        time = 0;
        node = default;
        prune = false;
        var read = reader.TryReadMapHeader(out var count);
        for (; read && count > 0; count--)
        {
            read = reader.TryReadRaw(out var key) && key switch
            {
                _ when key.SequenceEqual("LTime"u8) => reader.TryReadUnsigned(ulong.MaxValue, out time),
                _ when key.SequenceEqual("Node"u8) => reader.TryReadRaw(out node),
                _ when key.SequenceEqual("Prune"u8) => reader.TryReadBool(out prune),
                _ => reader.TrySkip(),
            };
        }

        return read && !node.IsEmpty && node.Length <= WireLimits.MaxNameBytes;
    }

    private static MsgPackWriter Begin(Span<byte> destination, SerfMessageType type, int fields)
    {
        destination[0] = (byte)type;
        var writer = new MsgPackWriter(destination[1..]);
        writer.WriteMapHeader(fields);
        return writer;
    }

    private static void WriteTime(ref MsgPackWriter writer, ulong time)
    {
        writer.WriteRaw("LTime"u8);
        writer.WriteUnsigned(time);
    }
}
