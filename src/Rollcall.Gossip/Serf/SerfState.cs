using System.Buffers;
using System.Text;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Serf;

/// <summary>
/// What an exchange of states carries for Serf. Agents send 512 slots of events, mostly empty; only those that hold something are sent here. What an application of ours adds travels under a key of its own, which
/// agents pass over.
/// </summary>
internal sealed class SerfState
{
    public const int MaxEntries = 1 << 17;

    /// <summary>Events that are read of one state, and as many as are kept.</summary>
    public const int MaxEvents = RecentEvents.Times * RecentEvents.MaxAtOneTime;

    private const int NumberLength = 10;
    private const int HeadLength = 5;

    /// <summary>What is around an event, or the events of one time.</summary>
    private const int SlotLength = 64;

    public ulong Time { get; private set; }

    public ulong EventTime { get; private set; }

    public ulong QueryTime { get; private set; }

    public List<(string Name, ulong Time)> Statuses { get; } = [];

    public HashSet<string> Left { get; } = new(StringComparer.Ordinal);

    public List<(ulong Time, byte[] Name, byte[] Payload)> Events { get; } = [];

    public byte[] Application { get; private set; } = [];

    /// <summary>Bytes that the members take, and all else that is neither an event nor the application's.</summary>
    public static int LengthOf(SerfMembers known)
    {
        var length = SerfCodec.MaxOverhead;
        foreach (var (name, status, _) in known.All)
            length += LengthOf(name, status);
        return length;
    }

    /// <summary>Writes at most so many bytes: what does not fit is left out, of the events the oldest.</summary>
    public static void Write(IBufferWriter<byte> destination, LamportClock members, LamportClock events, LamportClock queries, SerfMembers known, RecentEvents recent, ReadOnlySpan<byte> application, int room = int.MaxValue)
    {
        var left = room - SerfCodec.MaxOverhead - application.Length;
        var statuses = known.All.TakeWhile(member => (left -= LengthOf(member.Name, member.Status)) >= 0).ToArray();
        var slots = recent.All.Reverse().TakeWhile(slot => (left -= LengthOf(slot.Events)) >= 0).Reverse().ToArray();
        var size = SerfCodec.MaxOverhead + application.Length + statuses.Sum(static member => LengthOf(member.Name, member.Status)) + slots.Sum(static slot => LengthOf(slot.Events));
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
        writer.WriteArrayHeader(statuses.Count(static member => SaysLeft(member.Status)));
        foreach (var (name, status, _) in statuses)
        {
            if (SaysLeft(status))
                WriteName(ref writer, name);
        }

        writer.WriteRaw("QueryLTime"u8);
        writer.WriteUnsigned(queries.Time);
        if (!application.IsEmpty)
        {
            writer.WriteRaw("Rollcall"u8);
            writer.WriteRaw(application);
        }

        writer.WriteRaw("StatusLTimes"u8);
        writer.WriteMapHeader(statuses.Length);
        foreach (var (name, _, time) in statuses)
        {
            WriteName(ref writer, name);
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

    // One that leaves is said to have left: an agent takes other statuses for joins, and after a join the leave intent of the same time comes too late for it.
    private static bool SaysLeft(SerfStatus status) => status is SerfStatus.Left or SerfStatus.Leaving;

    private static int LengthOf(string name, SerfStatus status) => (Encoding.UTF8.GetByteCount(name) + HeadLength) * (SaysLeft(status) ? 2 : 1) + NumberLength;

    private static int LengthOf(IReadOnlyList<RecentEvent> events) => SlotLength + events.Sum(static item => SlotLength + item.Name.Length + item.Payload.Length);

    private static void WriteName(ref MsgPackWriter writer, string name) => writer.WriteRaw(MemberName.Bytes(name));

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

        // A name that is too long is nobody's, and no reason to believe nothing of the rest.
        static bool Keep(List<(string, ulong)> statuses, ReadOnlySpan<byte> name, ulong time)
        {
            if (name.Length <= WireLimits.MaxNameBytes)
                statuses.Add((MemberName.Text(name), time));
            return true;
        }
    }

    private bool TryReadLeft(ref MsgPackReader reader)
    {
        var read = reader.TryReadArrayHeader(out var count) && count <= MaxEntries;
        for (; read && count > 0; count--)
        {
            read = reader.TryReadRaw(out var name);
            if (name.Length <= WireLimits.MaxNameBytes)
                Left.Add(MemberName.Text(name));
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

            if (Events.Count < MaxEvents)
                Events.Add((0, name.ToArray(), payload.ToArray()));
        }

        return read;
    }
}
