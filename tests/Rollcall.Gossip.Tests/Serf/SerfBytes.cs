using System.Text;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Serf;
using Rollcall.Gossip.Tests.Protocol;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Tests.Serf;

/// <summary>Serf's messages as agents send them, made by hand: with what this node itself never sends.</summary>
internal static class SerfBytes
{
    /// <summary>A query with its type in front. Filters are as they go over the wire, each with its kind.</summary>
    public static byte[] Query(string name, string from, uint id, ulong time = 4, byte[]? payload = null, QueryFlags flags = QueryFlags.None, byte relays = 0, byte[][]? filters = null, NodeAddress? address = null, bool isOld = false)
    {
        var buffer = new byte[4096];
        buffer[0] = (byte)SerfMessageType.Query;
        var writer = new MsgPackWriter(buffer.AsSpan(1));
        writer.WriteMapHeader(isOld ? 10 : 11);
        writer.WriteRaw("Addr"u8);
        var to = address ?? LoneNode.AddressOf(from);
        to.CopyTo(writer.WriteRawPlace(to.Length));
        writer.WriteRaw("Filters"u8);
        if (filters is null)
            writer.WriteNil();
        else
            WriteArray(ref writer, filters);
        Number(ref writer, "Flags", (uint)flags);
        Number(ref writer, "ID", id);
        Number(ref writer, "LTime", time);
        Text(ref writer, "Name", name);
        writer.WriteRaw("Payload"u8);
        writer.WriteRaw(payload ?? []);
        Number(ref writer, "Port", to.Port);
        Number(ref writer, "RelayFactor", relays);
        if (!isOld)
            Text(ref writer, "SourceNode", from);
        Number(ref writer, "Timeout", 15_000_000_000);
        return buffer[..(1 + writer.Position)];
    }

    /// <summary>What an exchange carries for Serf. Each event is at a time of its own.</summary>
    public static byte[] State(ulong time = 1, ulong eventTime = 1, ulong queryTime = 1, (string Name, ulong Time)[]? statuses = null, string[]? left = null, (ulong Time, string Name, byte[] Payload)[]? events = null)
    {
        var buffer = new byte[4096 + (statuses?.Length * 64 ?? 0) + (events?.Sum(static item => 64 + item.Name.Length + item.Payload.Length) ?? 0)];
        buffer[0] = (byte)SerfMessageType.State;
        var writer = new MsgPackWriter(buffer.AsSpan(1));
        writer.WriteMapHeader(6);
        Number(ref writer, "EventLTime", eventTime);
        writer.WriteRaw("Events"u8);
        writer.WriteArrayHeader(events?.Length ?? 0);
        foreach (var (at, name, payload) in events ?? [])
        {
            writer.WriteMapHeader(2);
            writer.WriteRaw("Events"u8);
            writer.WriteArrayHeader(1);
            writer.WriteMapHeader(2);
            Text(ref writer, "Name", name);
            writer.WriteRaw("Payload"u8);
            writer.WriteRaw(payload);
            Number(ref writer, "LTime", at);
        }

        Number(ref writer, "LTime", time);
        writer.WriteRaw("LeftMembers"u8);
        WriteArray(ref writer, [.. (left ?? []).Select(Encoding.UTF8.GetBytes)]);
        Number(ref writer, "QueryLTime", queryTime);
        writer.WriteRaw("StatusLTimes"u8);
        writer.WriteMapHeader(statuses?.Length ?? 0);
        foreach (var (name, at) in statuses ?? [])
            Number(ref writer, name, at);
        return buffer[..(1 + writer.Position)];
    }

    public static byte[] KeyRequest(GossipKey key) => KeyRequest(Convert.FromBase64String(key.ToBase64()));

    public static byte[] KeyRequest(byte[] key)
    {
        var buffer = new byte[128];
        return buffer[..SerfCodec.WriteKeyRequest(buffer, key)];
    }

    public static byte[] NodeFilter(params string[] names)
    {
        var buffer = new byte[1024];
        var writer = new MsgPackWriter(buffer.AsSpan(1));
        WriteArray(ref writer, [.. names.Select(Encoding.UTF8.GetBytes)]);
        return buffer[..(1 + writer.Position)];
    }

    public static byte[] TagFilter(string tag, string expression)
    {
        var buffer = new byte[2048];
        buffer[0] = 1;
        var writer = new MsgPackWriter(buffer.AsSpan(1));
        writer.WriteMapHeader(2);
        Text(ref writer, "Expr", expression);
        Text(ref writer, "Tag", tag);
        return buffer[..(1 + writer.Position)];
    }

    public static byte[] Filters(params byte[][] filters)
    {
        var buffer = new byte[4096];
        var writer = new MsgPackWriter(buffer);
        WriteArray(ref writer, filters);
        return buffer[..writer.Position];
    }

    private static void WriteArray(ref MsgPackWriter writer, byte[][] items)
    {
        writer.WriteArrayHeader(items.Length);
        foreach (var item in items)
            writer.WriteRaw(item);
    }

    private static void Number(ref MsgPackWriter writer, string key, ulong value)
    {
        writer.WriteRaw(Encoding.UTF8.GetBytes(key));
        writer.WriteUnsigned(value);
    }

    private static void Text(ref MsgPackWriter writer, string key, string value)
    {
        writer.WriteRaw(Encoding.UTF8.GetBytes(key));
        writer.WriteRaw(Encoding.UTF8.GetBytes(value));
    }
}
