namespace Rollcall.Registry.Leases;

/// <summary>A lease found overdue and the word it was found by: what is decided of it holds only while it still has that word.</summary>
internal readonly record struct Lapse(Lease Lease, long Word);

/// <summary>
/// Finds what ran out and decides what may be done about it: the wheel, the guard, and what waits to be written. Time is an argument and nothing
/// is awaited. One thread at a time; the leases themselves may be renewed by others meanwhile.
/// </summary>
internal sealed class LeaseExpiry
{
    /// <summary>Width of the wheel's slots.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(25);

    // One turn of the wheel is 51.2 s: a longer lease is looked at once a turn, and a forgotten one stays in memory for no more than that.
    private const int Slots = 2048;

    // A census reads every lease, tens of milliseconds at a hundred thousand; while nothing new has lapsed or nothing may expire it can wait.
    private static readonly long CensusInterval = TimeSpan.FromMilliseconds(500).Ticks;

    private readonly IEnumerable<Lease> _all;
    private readonly Func<long>? _forgotten;
    private readonly long _removeAfter;
    private readonly TimerWheel<Lease> _wheel;

    // Out of the wheel: overdue and not yet on record as expired, or expired and to be removed. Sifted at every step.
    private readonly List<Lease> _waiting = [];
    private int _overdue;
    private long _nextCensus;
    private long _forgottenAtCensus;
    private bool _foreseen;
    private long _noRemovalBefore;

    /// <param name="options">How long expired ones stay, and the guard's measures.</param>
    /// <param name="all">Every lease there is, for the census.</param>
    /// <param name="now">The moment it starts at.</param>
    /// <param name="forgotten">How many leases were forgotten so far; without it a census is taken whenever something lapses.</param>
    public LeaseExpiry(LeaseOptions options, IEnumerable<Lease> all, long now, Func<long>? forgotten = null)
    {
        _all = all;
        _forgotten = forgotten;
        _removeAfter = options.RemoveExpiredAfter.Ticks;
        _noRemovalBefore = now + _removeAfter;
        _wheel = new TimerWheel<Lease>(Tick, Slots, now);
        Guard = new ExpiryGuard(options.GuardShare, options.GuardMinLeases, options.GuardWindow);
    }

    public ExpiryGuard Guard { get; }

    /// <summary>Leases to write as expired. One that could not be written is found again by the next step.</summary>
    public List<Lapse> ToExpire { get; } = [];

    /// <summary>Expired leases to take away. One that could not be is found again by the next step.</summary>
    public List<Lapse> ToRemove { get; } = [];

    /// <summary>Takes a new lease into the wheel.</summary>
    public void Admit(Lease lease, long now)
    {
        _foreseen &= !Lease.IsExpired(lease.Word) && lease.TtlTicks > 2 * ExpiryGuard.Foresight.Ticks;
        if (!TryPlace(lease, now))
            _waiting.Add(lease);
    }

    /// <summary>Finds what ran out by <paramref name="now"/> and fills <see cref="ToExpire"/> and <see cref="ToRemove"/> with what may be written.</summary>
    public GuardTransition Advance(long now)
    {
        ToExpire.Clear();
        ToRemove.Clear();
        var before = _waiting.Count;
        _wheel.Turn(now, _waiting);
        var lapsed = _waiting.Count > before;
        Sift(now);

        var transition = GuardTransition.None;
        if (Guard.CanAct && (Guard.Active ? now >= _nextCensus : _overdue > 0 && (lapsed || now >= _nextCensus)) && !IsForeseen(now))
            transition = TakeCensus(now);
        if (transition == GuardTransition.Ended)
            StartAfresh(now);
        if (!Guard.Active)
            Offer();
        return transition;
    }

    // Where a lease belongs that is not waiting: in the wheel, or nowhere when it was forgotten. False when it has to wait.
    private bool TryPlace(Lease lease, long now)
    {
        var word = lease.Word;
        if (Lease.IsForgotten(word))
            return true;
        var at = Lease.DeadlineOf(word);
        if (Lease.IsExpired(word))
        {
            at = Math.Max(at + _removeAfter, _noRemovalBefore);
            if (at <= now)
                return false;
            // It may be renewed at any moment, and then it runs out one ttl later: it must not sleep longer than that.
            at = Math.Min(at, now + lease.TtlTicks);
        }

        if (at <= now)
            return false;
        _wheel.Add(lease, at);
        return true;
    }

    private void Sift(long now)
    {
        var kept = 0;
        _overdue = 0;
        for (var i = 0; i < _waiting.Count; i++)
        {
            var lease = _waiting[i];
            if (TryPlace(lease, now))
                continue;
            _waiting[kept++] = lease;
            if (!Lease.IsExpired(lease.Word))
                _overdue++;
        }

        _waiting.RemoveRange(kept, _waiting.Count - kept);
    }

    private GuardTransition TakeCensus(long now)
    {
        _nextCensus = now + CensusInterval;
        // Counted before the leases are: one that is forgotten meanwhile counts twice, which only makes the foresight shorter.
        _forgottenAtCensus = _forgotten?.Invoke() ?? 0;
        _foreseen = _forgotten is not null;
        Guard.BeginCensus(now);
        foreach (var lease in _all)
        {
            var word = lease.Word;
            if (!Lease.IsForgotten(word))
                Guard.Count(Lease.DeadlineOf(word), lease.TtlTicks, lease.IntervalTicks, Lease.IsExpired(word));
        }

        return Guard.EndCensus();
    }

    private bool IsForeseen(long now) => _foreseen && Guard.IsIdle(now, _forgotten!() - _forgottenAtCensus);

    // The guard ended because renewals came back. Those still on their way, overdue or about to be, get what all get after a restart: the full
    // time once more.
    private void StartAfresh(long now)
    {
        _noRemovalBefore = now + _removeAfter;
        foreach (var lease in _all)
        {
            var word = lease.Word;
            if (!Lease.IsExpired(word) && !Lease.IsForgotten(word))
                lease.TryExtend(word, now + lease.TtlTicks);
        }

        Sift(now);
    }

    private void Offer()
    {
        foreach (var lease in _waiting)
        {
            var word = lease.Word;
            if (Lease.IsExpired(word))
                ToRemove.Add(new Lapse(lease, word));
            else if (!Lease.IsForgotten(word))
                ToExpire.Add(new Lapse(lease, word));
        }
    }
}
