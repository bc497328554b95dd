namespace Rollcall.Registry.Leases;

/// <summary>What became of a renewal of a lease.</summary>
internal enum LeaseRenewal
{
    /// <summary>It runs anew.</summary>
    Renewed = 0,

    /// <summary>It had run out and runs again.</summary>
    Revived = 1,

    /// <summary>It is no more.</summary>
    Forgotten = 2,
}

/// <summary>
/// One lease. Deadline and state are one word, so that a renewal is one compare-and-swap, needs no lock, and can never be lost to an
/// expiry decided from an older word. All times are ticks of <see cref="TimeSpan"/> on the table's monotonic clock.
/// </summary>
internal sealed class Lease : ITimerWheelEntry<Lease>
{
    private const int StateBits = 2;
    private const long StateMask = (1 << StateBits) - 1;
    private const long Running = 0;
    private const long ExpiredState = 1;
    private const long ForgottenState = 2;

    private readonly int _ttlMs;
    private int _intervalMs;
    private long _word;

    /// <param name="key">The instance.</param>
    /// <param name="ttl">How long a renewal lasts; rounded up to milliseconds, at least one.</param>
    /// <param name="deadline">When it runs out, or ran out.</param>
    /// <param name="expired">True when that is on record already.</param>
    public Lease(InstanceKey key, TimeSpan ttl, long deadline, bool expired)
    {
        Key = key;
        _ttlMs = ToMilliseconds(ttl);
        _intervalMs = _ttlMs / 3;
        _word = Pack(deadline, expired ? ExpiredState : Running);
    }

    public InstanceKey Key { get; }

    public Lease? Next { get; set; }

    public long TtlTicks => _ttlMs * TimeSpan.TicksPerMillisecond;

    /// <summary>
    /// The usual time between two renewals: a moving average of what was seen, between the third of the ttl that clients are told and the whole.
    /// </summary>
    public long IntervalTicks => Volatile.Read(ref _intervalMs) * TimeSpan.TicksPerMillisecond;

    /// <summary>Deadline and state together; opaque but for comparing and the methods below.</summary>
    public long Word => Volatile.Read(ref _word);

    public static long DeadlineOf(long word) => word >> StateBits;

    public static bool IsExpired(long word) => (word & StateMask) == ExpiredState;

    public static bool IsForgotten(long word) => (word & StateMask) == ForgottenState;

    /// <summary>True when it has run out: on record already, or past its deadline.</summary>
    public static bool IsOverdue(long word, long now) => IsExpired(word) || ((word & StateMask) == Running && DeadlineOf(word) <= now);

    public bool HasTtl(TimeSpan ttl) => _ttlMs == ToMilliseconds(ttl);

    /// <summary>Gives it a full ttl from now. Any thread.</summary>
    public LeaseRenewal Renew(long now)
    {
        while (true)
        {
            var word = Word;
            if (IsForgotten(word))
                return LeaseRenewal.Forgotten;
            if (Interlocked.CompareExchange(ref _word, Pack(now + TtlTicks, Running), word) != word)
                continue;
            if (IsExpired(word))
                return LeaseRenewal.Revived;
            Learn(now - (DeadlineOf(word) - TtlTicks));
            return LeaseRenewal.Renewed;
        }
    }

    /// <summary>Ends it. Any thread.</summary>
    public void Forget() => Volatile.Write(ref _word, ForgottenState);

    /// <summary>Notes that it is on record as expired, unless it was renewed or forgotten since <paramref name="word"/> was read.</summary>
    public bool TryExpire(long word) => TryReplace(word, Pack(DeadlineOf(word), ExpiredState));

    /// <summary>Moves its deadline, unless it was renewed or forgotten since <paramref name="word"/> was read.</summary>
    public bool TryExtend(long word, long deadline) => TryReplace(word, Pack(deadline, Running));

    /// <inheritdoc />
    /// <remarks>An expired one is always due: when it is removed the wheel cannot know.</remarks>
    public long NextLook(long now)
    {
        var word = Word;
        if (IsForgotten(word))
            return TimerWheel<Lease>.Never;
        return IsExpired(word) ? now : DeadlineOf(word);
    }

    private static long Pack(long deadline, long state) => (deadline << StateBits) | state;

    private static int ToMilliseconds(TimeSpan ttl) => (int)Math.Clamp(Math.Ceiling(ttl.TotalMilliseconds), 1, int.MaxValue);

    private bool TryReplace(long word, long next) => Interlocked.CompareExchange(ref _word, next, word) == word;

    // Two renewals at once may lose one sample; nobody misses it. A gap beyond the ttl was an outage, not a habit.
    private void Learn(long gapTicks)
    {
        if (gapTicks > TtlTicks || gapTicks < 0)
            return;
        var old = Volatile.Read(ref _intervalMs);
        var learned = Math.Max(old + (((int)(gapTicks / TimeSpan.TicksPerMillisecond) - old) / 4), _ttlMs / 3);
        if (learned != old)
            Volatile.Write(ref _intervalMs, learned);
    }
}
