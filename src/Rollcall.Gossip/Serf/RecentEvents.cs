namespace Rollcall.Gossip.Serf;

/// <summary>An event or query that has been seen: of a query the number is all, of an event the name and payload are.</summary>
internal sealed record RecentEvent(uint Number, byte[] Name, byte[] Payload)
{
    // The objects themselves.
    private const int Overhead = 128;

    public int Bytes => Overhead + Name.Length + Payload.Length;

    public bool Is(uint number, ReadOnlySpan<byte> name, ReadOnlySpan<byte> payload) => Number == number && name.SequenceEqual(Name) && payload.SequenceEqual(Payload);
}

/// <summary>
/// What has been seen of events or queries, by Lamport time: the last <see cref="Times"/> are kept, in at most <see cref="MaxBytes"/>, and what is older counts as seen. At most <see cref="MaxAtOneTime"/> of one
/// time; further ones count as seen too, so that nobody can fill the memory with one time.
/// </summary>
internal sealed class RecentEvents
{
    public const int Times = 512;
    public const int MaxAtOneTime = 64;

    /// <summary>Of all together: room for 224 events of the length that agents allow at most, and for all of the length they allow by default where there is one at a time.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    private readonly Slot?[] _slots = new Slot?[Times];
    private ulong _first;
    private int _bytes;

    public IEnumerable<(ulong Time, IReadOnlyList<RecentEvent> Events)> All =>
        _slots.OfType<Slot>().OrderBy(static slot => slot.Time).Select(static slot => (slot.Time, (IReadOnlyList<RecentEvent>)slot.Events));

    /// <summary>True where it is new. <paramref name="now"/> is the clock after it has witnessed the time.</summary>
    public bool Add(ulong time, ulong now, uint number, ReadOnlySpan<byte> name, ReadOnlySpan<byte> payload)
    {
        if (time < _first || (now > Times && time < now - Times))
            return false;
        ref var slot = ref _slots[time % Times];
        if (slot is null || slot.Time < time)
        {
            _bytes -= slot?.Bytes ?? 0;
            slot = new(time);
        }

        if (slot.Time > time || slot.Events.Count >= MaxAtOneTime)
            return false;
        foreach (var known in slot.Events)
        {
            if (known.Is(number, name, payload))
                return false;
        }

        var added = new RecentEvent(number, name.ToArray(), payload.ToArray());
        slot.Add(added);
        _bytes += added.Bytes;
        while (_bytes > MaxBytes)
            ForgetOldest();
        return true;
    }

    private void ForgetOldest()
    {
        var oldest = _slots.OfType<Slot>().MinBy(static slot => slot.Time)!;
        _bytes -= oldest.Bytes;
        _first = oldest.Time + 1;
        _slots[oldest.Time % Times] = null;
    }

    private sealed class Slot(ulong time)
    {
        public ulong Time => time;

        public int Bytes { get; private set; }

        public List<RecentEvent> Events { get; } = [];

        public void Add(RecentEvent added)
        {
            Events.Add(added);
            Bytes += added.Bytes;
        }
    }
}
