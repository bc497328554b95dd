namespace Rollcall.Registry.Leases;

/// <summary>What a <see cref="TimerWheel{T}"/> turns. An entry is in one wheel, once.</summary>
internal interface ITimerWheelEntry<T>
    where T : class
{
    /// <summary>The next entry of its slot; the wheel's alone.</summary>
    T? Next { get; set; }

    /// <summary>
    /// When to look at it next: at or before <paramref name="now"/> when it is due, <see cref="TimerWheel{T}.Never"/> when it may leave the wheel.
    /// </summary>
    long NextLook(long now);
}

/// <summary>
/// A hashed timer wheel (Varghese and Lauck, scheme 6) that re-arms lazily: moving a deadline later touches only the entry, never the wheel. When an
/// entry's slot comes round the wheel asks it again and puts it where it now belongs. Adding is O(1); an entry further away than the wheel is
/// long is looked at once a turn. A deadline may move later at any time; an entry that may get an earlier one must be added for the earlier.
/// Time is in ticks of <see cref="TimeSpan"/> from any origin and is always an argument. Not thread-safe.
/// </summary>
internal sealed class TimerWheel<T>
    where T : class, ITimerWheelEntry<T>
{
    /// <summary>The answer of an entry that leaves the wheel.</summary>
    public const long Never = long.MaxValue;

    private readonly T?[] _slots;
    private readonly long _tick;
    private long _turned;

    /// <param name="tick">Width of a slot: an entry is due at most this long after its deadline, never before.</param>
    /// <param name="slots">How many; a power of two. Tick times slots is one turn.</param>
    /// <param name="now">The moment it starts at.</param>
    public TimerWheel(TimeSpan tick, int slots, long now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(tick, TimeSpan.Zero);
        if (!System.Numerics.BitOperations.IsPow2(slots))
            throw new ArgumentOutOfRangeException(nameof(slots), slots, "The number of slots must be a power of two.");
        _slots = new T?[slots];
        _tick = tick.Ticks;
        _turned = now / _tick;
    }

    /// <summary>Entries in it, with those that will leave at their next look.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an entry that is to be looked at when <paramref name="at"/> comes.</summary>
    public void Add(T entry, long at)
    {
        // Rounded up: looking before the deadline would be of no use.
        var slot = Math.Clamp((at / _tick) + 1, _turned + 1, _turned + _slots.Length);
        ref var head = ref _slots[slot & (_slots.Length - 1)];
        entry.Next = head;
        head = entry;
        Count++;
    }

    /// <summary>Turns the wheel to <paramref name="now"/>; what is due leaves it and is appended to <paramref name="due"/>.</summary>
    public void Turn(long now, List<T> due)
    {
        var target = now / _tick;
        // After a long pause one turn passes every slot once.
        _turned = Math.Max(_turned, target - _slots.Length);
        while (_turned < target)
        {
            _turned++;
            ref var head = ref _slots[_turned & (_slots.Length - 1)];
            var entry = head;
            head = null;
            while (entry is not null)
            {
                var next = entry.Next;
                entry.Next = null;
                Count--;
                Place(entry, now, due);
                entry = next;
            }
        }
    }

    private void Place(T entry, long now, List<T> due)
    {
        var at = entry.NextLook(now);
        if (at == Never)
            return;
        if (at <= now)
            due.Add(entry);
        else
            Add(entry, at);
    }
}
