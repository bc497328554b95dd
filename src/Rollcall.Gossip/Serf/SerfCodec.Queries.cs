using System.Text;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Serf;

internal static partial class SerfCodec
{
    /// <summary>Keys of one answer that are read; a datagram of an agent has at most 36.</summary>
    public const int MaxKeysRead = 64;

    public static int Write(Span<byte> destination, in Query message)
    {
        var writer = Begin(destination, SerfMessageType.Query, 11);
        writer.WriteRaw("Addr"u8);
        message.Address.CopyTo(writer.WriteRawPlace(message.Address.Length));
        writer.WriteRaw("Filters"u8);
        writer.WriteNil();
        writer.WriteRaw("Flags"u8);
        writer.WriteUnsigned((uint)message.Flags);
        writer.WriteRaw("ID"u8);
        writer.WriteUnsigned(message.Id);
        WriteTime(ref writer, message.Time);
        writer.WriteRaw("Name"u8);
        writer.WriteRaw(message.Name);
        writer.WriteRaw("Payload"u8);
        writer.WriteBytesOrNil(message.Payload);
        writer.WriteRaw("Port"u8);
        writer.WriteUnsigned(message.Address.Port);
        writer.WriteRaw("RelayFactor"u8);
        writer.WriteUnsigned(message.RelayFactor);
        writer.WriteRaw("SourceNode"u8);
        writer.WriteRaw(message.SourceNode);
        writer.WriteRaw("Timeout"u8);
        writer.WriteUnsigned(message.Timeout);
        return 1 + writer.Position;
    }

    public static int Write(Span<byte> destination, in QueryResponse message)
    {
        var writer = Begin(destination, SerfMessageType.QueryResponse, 5);
        writer.WriteRaw("Flags"u8);
        writer.WriteUnsigned((uint)message.Flags);
        writer.WriteRaw("From"u8);
        writer.WriteRaw(message.From);
        writer.WriteRaw("ID"u8);
        writer.WriteUnsigned(message.Id);
        WriteTime(ref writer, message.Time);
        writer.WriteRaw("Payload"u8);
        writer.WriteBytesOrNil(message.Payload);
        return 1 + writer.Position;
    }

    public static int Write(Span<byte> destination, in RelayMessage message)
    {
        var writer = Begin(destination, SerfMessageType.Relay, 2);
        writer.WriteRaw("DestAddr"u8);
        writer.WriteMapHeader(3);
        writer.WriteRaw("IP"u8);
        message.To.CopyTo(writer.WriteRawPlace(message.To.Length));
        writer.WriteRaw("Port"u8);
        writer.WriteUnsigned(message.To.Port);
        writer.WriteRaw("Zone"u8);
        writer.WriteRaw(default);
        writer.WriteRaw("DestName"u8);
        writer.WriteRaw(message.Name);
        message.Message.CopyTo(destination[(1 + writer.Position)..]);
        return 1 + writer.Position + message.Message.Length;
    }

    public static int WriteKeyRequest(Span<byte> destination, ReadOnlySpan<byte> key)
    {
        var writer = Begin(destination, SerfMessageType.KeyRequest, 1);
        writer.WriteRaw("Key"u8);
        writer.WriteRaw(key);
        return 1 + writer.Position;
    }

    public static byte[] Write(KeyAnswer message)
    {
        var size = MaxOverhead + Encoding.UTF8.GetByteCount(message.Words) + message.Keys.Sum(static key => key.Length + 3) + message.PrimaryKey.Length;
        var buffer = new byte[size];
        var writer = Begin(buffer, SerfMessageType.KeyResponse, 4);
        writer.WriteRaw("Keys"u8);
        writer.WriteArrayHeader(message.Keys.Count);
        foreach (var key in message.Keys)
            writer.WriteRaw(Encoding.UTF8.GetBytes(key));
        writer.WriteRaw("Message"u8);
        writer.WriteRaw(Encoding.UTF8.GetBytes(message.Words));
        writer.WriteRaw("PrimaryKey"u8);
        writer.WriteRaw(Encoding.UTF8.GetBytes(message.PrimaryKey));
        writer.WriteRaw("Result"u8);
        writer.WriteBool(message.IsDone);
        return buffer[..(1 + writer.Position)];
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out Query message)
    {
        message = default;
        var reader = new MsgPackReader(body);
        ulong time = 0, id = 0, port = 0, flags = 0, relays = 0, timeout = 0;
        ReadOnlySpan<byte> address = default, source = default, name = default, payload = default, filters = default;
        var read = reader.TryReadMapHeader(out var count);
        for (; read && count > 0; count--)
        {
            read = reader.TryReadRaw(out var key) && key switch
            {
                _ when key.SequenceEqual("LTime"u8) => reader.TryReadUnsigned(ulong.MaxValue, out time),
                _ when key.SequenceEqual("ID"u8) => reader.TryReadUnsigned(uint.MaxValue, out id),
                _ when key.SequenceEqual("Addr"u8) => reader.TryReadBytes(out address),
                _ when key.SequenceEqual("Port"u8) => reader.TryReadUnsigned(ushort.MaxValue, out port),
                _ when key.SequenceEqual("SourceNode"u8) => reader.TryReadRaw(out source),
                _ when key.SequenceEqual("Flags"u8) => reader.TryReadUnsigned(uint.MaxValue, out flags),
                _ when key.SequenceEqual("RelayFactor"u8) => reader.TryReadUnsigned(byte.MaxValue, out relays),
                _ when key.SequenceEqual("Timeout"u8) => reader.TryReadUnsigned(long.MaxValue, out timeout),
                _ when key.SequenceEqual("Name"u8) => reader.TryReadRaw(out name),
                _ when key.SequenceEqual("Payload"u8) => reader.TryReadBytes(out payload),
                _ when key.SequenceEqual("Filters"u8) => TryReadFilters(body, ref reader, out filters),
                _ => reader.TrySkip(),
            };
        }

        if (!read || !NodeAddress.IsValidLength(address.Length))
            return false;
        message = new()
        {
            Time = time,
            Id = (uint)id,
            Address = NodeAddress.From(address, (ushort)port),
            SourceNode = source,
            Filters = filters,
            Flags = (QueryFlags)flags,
            RelayFactor = (byte)relays,
            Timeout = timeout,
            Name = name,
            Payload = payload,
        };
        return true;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out QueryResponse message)
    {
        var reader = new MsgPackReader(body);
        ulong time = 0, id = 0, flags = 0;
        ReadOnlySpan<byte> from = default, payload = default;
        var read = reader.TryReadMapHeader(out var count);
        for (; read && count > 0; count--)
        {
            read = reader.TryReadRaw(out var key) && key switch
            {
                _ when key.SequenceEqual("LTime"u8) => reader.TryReadUnsigned(ulong.MaxValue, out time),
                _ when key.SequenceEqual("ID"u8) => reader.TryReadUnsigned(uint.MaxValue, out id),
                _ when key.SequenceEqual("From"u8) => reader.TryReadRaw(out from),
                _ when key.SequenceEqual("Flags"u8) => reader.TryReadUnsigned(uint.MaxValue, out flags),
                _ when key.SequenceEqual("Payload"u8) => reader.TryReadBytes(out payload),
                _ => reader.TrySkip(),
            };
        }

        message = new(time, (uint)id, from, (QueryFlags)flags, payload);
        return read;
    }

    public static bool TryRead(ReadOnlySpan<byte> body, out RelayMessage message)
    {
        var reader = new MsgPackReader(body);
        ulong port = 0;
        ReadOnlySpan<byte> address = default, name = default;
        var read = reader.TryReadMapHeader(out var count);
        for (; read && count > 0; count--)
        {
            read = reader.TryReadRaw(out var key) && key switch
            {
                _ when key.SequenceEqual("DestAddr"u8) => TryReadAddress(ref reader, out address, out port),
                _ when key.SequenceEqual("DestName"u8) => reader.TryReadRaw(out name),
                _ => reader.TrySkip(),
            };
        }

        read = read && NodeAddress.IsValidLength(address.Length);
        message = read ? new(NodeAddress.From(address, (ushort)port), name, body[reader.Position..]) : default;
        return read;
    }

    /// <summary>The bytes of the key, which may be none.</summary>
    public static bool TryReadKeyRequest(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> key)
    {
        key = default;
        if (payload.IsEmpty || payload[0] != (byte)SerfMessageType.KeyRequest)
            return false;
        var reader = new MsgPackReader(payload[1..]);
        var read = reader.TryReadMapHeader(out var count);
        for (; read && count > 0; count--)
            read = reader.TryReadRaw(out var field) && (field.SequenceEqual("Key"u8) ? reader.TryReadBytes(out key) : reader.TrySkip());
        return read;
    }

    /// <summary>Null where it cannot be read.</summary>
    public static KeyAnswer? ReadKeyAnswer(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty || payload[0] != (byte)SerfMessageType.KeyResponse)
            return null;
        var reader = new MsgPackReader(payload[1..]);
        ReadOnlySpan<byte> words = default, primary = default;
        List<string> keys = [];
        var isDone = false;
        var read = reader.TryReadMapHeader(out var count);
        for (; read && count > 0; count--)
        {
            read = reader.TryReadRaw(out var field) && field switch
            {
                _ when field.SequenceEqual("Result"u8) => reader.TryReadBool(out isDone),
                _ when field.SequenceEqual("Message"u8) => reader.TryReadRaw(out words),
                _ when field.SequenceEqual("PrimaryKey"u8) => reader.TryReadRaw(out primary),
                _ when field.SequenceEqual("Keys"u8) => reader.TryReadNil() || TryReadKeys(ref reader, keys),
                _ => reader.TrySkip(),
            };
        }

        return read ? new(isDone, Encoding.UTF8.GetString(words), keys, Encoding.UTF8.GetString(primary)) : null;
    }

    private static bool TryReadKeys(ref MsgPackReader reader, List<string> keys)
    {
        var read = reader.TryReadArrayHeader(out var count) && count <= MaxKeysRead;
        for (; read && count > 0; count--)
        {
            read = reader.TryReadRaw(out var key);
            keys.Add(Encoding.UTF8.GetString(key));
        }

        return read;
    }

    private static bool TryReadAddress(scoped ref MsgPackReader reader, out ReadOnlySpan<byte> address, out ulong port)
    {
        address = default;
        port = 0;
        var read = reader.TryReadMapHeader(out var count);
        for (; read && count > 0; count--)
        {
            read = reader.TryReadRaw(out var key) && key switch
            {
                _ when key.SequenceEqual("IP"u8) => reader.TryReadBytes(out address),
                _ when key.SequenceEqual("Port"u8) => reader.TryReadUnsigned(ushort.MaxValue, out port),
                _ => reader.TrySkip(),
            };
        }

        return read;
    }

    private static bool TryReadFilters(ReadOnlySpan<byte> body, scoped ref MsgPackReader reader, out ReadOnlySpan<byte> filters)
    {
        filters = default;
        if (reader.TryReadNil())
            return true;
        var start = reader.Position;
        var read = reader.NextIsArray && reader.TrySkip();
        filters = body[start..reader.Position];
        return read;
    }
}
