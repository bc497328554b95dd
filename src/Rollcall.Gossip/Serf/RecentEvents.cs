namespace Rollcall.Gossip.Serf;

/// <summary>An event or query that has been seen: of a query the number is all, of an event the name and payload are.</summary>
internal sealed record RecentEvent(uint Number, byte[] Name, byte[] Payload)
{
    public bool Is(uint number, ReadOnlySpan<byte> name, ReadOnlySpan<byte> payload) => Number == number && name.SequenceEqual(Name) && payload.SequenceEqual(Payload);
}

/// <summary>
/// What has been seen of events or queries, by Lamport time: the last <see cref="Times"/> are kept, and what is older counts as seen. At most <see cref="MaxAtOneTime"/> of one time; further ones count as seen too, so
/// that nobody can fill the memory with one time.
/// </summary>
internal sealed class RecentEvents
{
    public const int Times = 512;
    public const int MaxAtOneTime = 64;

    private readonly Slot?[] _slots = new Slot?[Times];

    public IEnumerable<(ulong Time, IReadOnlyList<RecentEvent> Events)> All =>
        _slots.OfType<Slot>().OrderBy(static slot => slot.Time).Select(static slot => (slot.Time, (IReadOnlyList<RecentEvent>)slot.Events));

    /// <summary>True where it is new. <paramref name="now"/> is the clock after it has witnessed the time.</summary>
    public bool Add(ulong time, ulong now, uint number, ReadOnlySpan<byte> name, ReadOnlySpan<byte> payload)
    {
        if (now > Times && time < now - Times)
            return false;
        ref var slot = ref _slots[time % Times];
        if (slot is null || slot.Time < time)
            slot = new(time);
        if (slot.Time > time || slot.Events.Count >= MaxAtOneTime)
            return false;
        foreach (var known in slot.Events)
        {
            if (known.Is(number, name, payload))
                return false;
        }

        slot.Events.Add(new(number, name.ToArray(), payload.ToArray()));
        return true;
    }

    private sealed class Slot(ulong time)
    {
        public ulong Time => time;

        public List<RecentEvent> Events { get; } = [];
    }
}
