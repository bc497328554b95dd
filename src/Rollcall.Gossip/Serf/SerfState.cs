using System.Buffers;
using System.Text;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Serf;

/// <summary>
/// What an exchange of states carries for Serf. Agents send 512 slots of events, mostly empty; only those that hold something are sent here. What an application of ours adds travels under a key of its own, which
/// agents pass over.
/// </summary>
internal sealed class SerfState
{
    public const int MaxEntries = 1 << 17;

    private const int NumberLength = 10;

    public ulong Time { get; private set; }

    public ulong EventTime { get; private set; }

    public ulong QueryTime { get; private set; }

    public List<(string Name, ulong Time)> Statuses { get; } = [];

    public HashSet<string> Left { get; } = new(StringComparer.Ordinal);

    public List<(ulong Time, byte[] Name, byte[] Payload)> Events { get; } = [];

    public byte[] Application { get; private set; } = [];

    public static void Write(IBufferWriter<byte> destination, LamportClock members, LamportClock events, LamportClock queries, SerfMembers known, RecentEvents recent, ReadOnlySpan<byte> application)
    {
        var left = known.All.Where(static member => member.Status == SerfStatus.Left).Select(static member => Encoding.UTF8.GetBytes(member.Name)).ToArray();
        var statuses = known.All.Select(static member => (Name: Encoding.UTF8.GetBytes(member.Name), member.Time)).ToArray();
        var slots = recent.All.ToArray();
        var size = SerfCodec.MaxOverhead + application.Length
            + left.Sum(static name => name.Length + 5)
            + statuses.Sum(static status => status.Name.Length + 5 + NumberLength)
            + slots.Sum(static slot => 64 + slot.Events.Sum(static item => 64 + item.Name.Length + item.Payload.Length));
        var span = destination.GetSpan(size);
        span[0] = (byte)SerfMessageType.State;
        var writer = new MsgPackWriter(span[1..]);
        writer.WriteMapHeader(application.IsEmpty ? 6 : 7);
        writer.WriteRaw("EventLTime"u8);
        writer.WriteUnsigned(events.Time);
        writer.WriteRaw("Events"u8);
        WriteEvents(ref writer, slots);
        writer.WriteRaw("LTime"u8);
        writer.WriteUnsigned(members.Time);
        writer.WriteRaw("LeftMembers"u8);
        writer.WriteArrayHeader(left.Length);
        foreach (var name in left)
            writer.WriteRaw(name);
        writer.WriteRaw("QueryLTime"u8);
        writer.WriteUnsigned(queries.Time);
        if (!application.IsEmpty)
        {
            writer.WriteRaw("Rollcall"u8);
            writer.WriteRaw(application);
        }

        writer.WriteRaw("StatusLTimes"u8);
        writer.WriteMapHeader(statuses.Length);
        foreach (var (name, time) in statuses)
        {
            writer.WriteRaw(name);
            writer.WriteUnsigned(time);
        }

        destination.Advance(1 + writer.Position);
    }

    /// <summary>Null where it is not Serf's, or cannot be read.</summary>
    public static SerfState? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || bytes[0] != (byte)SerfMessageType.State)
            return null;
        var state = new SerfState();
        var reader = new MsgPackReader(bytes[1..]);
        return state.TryRead(ref reader) ? state : null;
    }

    private static void WriteEvents(ref MsgPackWriter writer, (ulong Time, IReadOnlyList<RecentEvent> Events)[] slots)
    {
        writer.WriteArrayHeader(slots.Length);
        foreach (var (time, items) in slots)
        {
            writer.WriteMapHeader(2);
            writer.WriteRaw("Events"u8);
            writer.WriteArrayHeader(items.Count);
            foreach (var item in items)
            {
                writer.WriteMapHeader(2);
                writer.WriteRaw("Name"u8);
                writer.WriteRaw(item.Name);
                writer.WriteRaw("Payload"u8);
                writer.WriteBytesOrNil(item.Payload);
            }

            writer.WriteRaw("LTime"u8);
            writer.WriteUnsigned(time);
        }
    }

    private bool TryRead(ref MsgPackReader reader)
    {
        ulong time = 0, eventTime = 0, queryTime = 0;
        ReadOnlySpan<byte> application = default;
        var read = reader.TryReadMapHeader(out var count);
        for (; read && count > 0; count--)
        {
            read = reader.TryReadRaw(out var key) && key switch
            {
                _ when key.SequenceEqual("LTime"u8) => reader.TryReadUnsigned(ulong.MaxValue, out time),
                _ when key.SequenceEqual("EventLTime"u8) => reader.TryReadUnsigned(ulong.MaxValue, out eventTime),
                _ when key.SequenceEqual("QueryLTime"u8) => reader.TryReadUnsigned(ulong.MaxValue, out queryTime),
                _ when key.SequenceEqual("StatusLTimes"u8) => reader.TryReadNil() || TryReadStatuses(ref reader),
                _ when key.SequenceEqual("LeftMembers"u8) => reader.TryReadNil() || TryReadLeft(ref reader),
                _ when key.SequenceEqual("Events"u8) => reader.TryReadNil() || TryReadSlots(ref reader),
                _ when key.SequenceEqual("Rollcall"u8) => reader.TryReadBytes(out application),
                _ => reader.TrySkip(),
            };
        }

        (Time, EventTime, QueryTime, Application) = (time, eventTime, queryTime, application.ToArray());
        return read;
    }

    private bool TryReadStatuses(ref MsgPackReader reader)
    {
        var read = reader.TryReadMapHeader(out var count) && count <= MaxEntries;
        for (; read && count > 0; count--)
        {
            read = reader.TryReadRaw(out var name) && reader.TryReadUnsigned(ulong.MaxValue, out var time) && Keep(Statuses, name, time);
        }

        return read;

        static bool Keep(List<(string, ulong)> statuses, ReadOnlySpan<byte> name, ulong time)
        {
            statuses.Add((Encoding.UTF8.GetString(name), time));
            return name.Length <= WireLimits.MaxNameBytes;
        }
    }

    private bool TryReadLeft(ref MsgPackReader reader)
    {
        var read = reader.TryReadArrayHeader(out var count) && count <= MaxEntries;
        for (; read && count > 0; count--)
        {
            read = reader.TryReadRaw(out var name);
            Left.Add(Encoding.UTF8.GetString(name));
        }

        return read;
    }

    private bool TryReadSlots(ref MsgPackReader reader)
    {
        var read = reader.TryReadArrayHeader(out var count) && count <= MaxEntries;
        for (; read && count > 0; count--)
            read = reader.TryReadNil() || TryReadSlot(ref reader);
        return read;
    }

    private bool TryReadSlot(ref MsgPackReader reader)
    {
        ulong time = 0;
        var first = Events.Count;
        var read = reader.TryReadMapHeader(out var count);
        for (; read && count > 0; count--)
        {
            read = reader.TryReadRaw(out var key) && key switch
            {
                _ when key.SequenceEqual("LTime"u8) => reader.TryReadUnsigned(ulong.MaxValue, out time),
                _ when key.SequenceEqual("Events"u8) => reader.TryReadNil() || TryReadEvents(ref reader),
                _ => reader.TrySkip(),
            };
        }

        for (var at = first; at < Events.Count; at++)
            Events[at] = Events[at] with { Time = time };
        return read;
    }

    private bool TryReadEvents(ref MsgPackReader reader)
    {
        var read = reader.TryReadArrayHeader(out var events) && events <= MaxEntries;
        for (; read && events > 0; events--)
        {
            ReadOnlySpan<byte> name = default, payload = default;
            read = reader.TryReadMapHeader(out var count);
            for (; read && count > 0; count--)
            {
                read = reader.TryReadRaw(out var key) && key switch
                {
                    _ when key.SequenceEqual("Name"u8) => reader.TryReadRaw(out name),
                    _ when key.SequenceEqual("Payload"u8) => reader.TryReadBytes(out payload),
                    _ => reader.TrySkip(),
                };
            }

            Events.Add((0, name.ToArray(), payload.ToArray()));
        }

        return read;
    }
}
