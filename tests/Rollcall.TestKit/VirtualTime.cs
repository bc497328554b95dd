namespace Rollcall.TestKit;

/// <summary>
/// A clock that stands still until told to move. Timers fire in order of their deadlines, on the thread that advances, each seeing the
/// time it was due at. The frequency is odd on purpose: code that takes ticks for timestamps fails at once.
/// </summary>
public sealed class VirtualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<VirtualTimer, (long Due, long Order)> _timers = new();
    private readonly DateTimeOffset _start;
    private long _now;
    private long _order;

    public VirtualTime(DateTimeOffset? start = null) => _start = start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => 7_000_001;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Timers that will still fire.</summary>
    public int PendingTimers
    {
        get
        {
            lock (_gate)
                return _timers.UnorderedItems.Where(static item => item.Element.IsDueAt(item.Priority.Due)).Select(static item => item.Element).Distinct().Count();
        }
    }

    public override DateTimeOffset GetUtcNow() => _start + TimeSpan.FromTicks(Interlocked.Read(ref _now));

    public override long GetTimestamp() =>
        (long)((Int128)Interlocked.Read(ref _now) * TimestampFrequency / TimeSpan.TicksPerSecond);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock by <paramref name="by"/>, firing what falls due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var end = Interlocked.Read(ref _now) + by.Ticks;
        while (TakeDue(end) is { } timer)
            timer.Fire();
        Interlocked.Exchange(ref _now, end);
    }

    /// <summary>
    /// Moves the clock in steps of <paramref name="step"/> until <paramref name="condition"/> holds, letting other threads run in between.
    /// </summary>
    /// <exception cref="TimeoutException">It did not hold within <paramref name="limit"/> of virtual time.</exception>
    public async Task AdvanceUntilAsync(Func<bool> condition, TimeSpan step, TimeSpan limit, [System.Runtime.CompilerServices.CallerMemberName] string caller = "")
    {
        ArgumentNullException.ThrowIfNull(condition);
        for (var passed = TimeSpan.Zero; passed <= limit; passed += step)
        {
            if (await SettleAsync(condition))
                return;
            Advance(step);
        }

        // The clock stands still now: on a busy machine what fell due may still be under way.
        var end = System.GetTimestamp();
        while (!await SettleAsync(condition))
        {
            if (System.GetElapsedTime(end) > Eventually.Limit)
                throw new TimeoutException($"{caller}: the condition did not hold within {limit} of virtual time.");
        }
    }

    // Real threads need a moment of real time to reach their next wait; the condition ends it early.
    private static async Task<bool> SettleAsync(Func<bool> condition)
    {
        for (var i = 0; i < 20; i++)
        {
            if (condition())
                return true;
            await Task.Yield();
            if (i >= 10)
                await Task.Delay(TimeSpan.FromMilliseconds(1), System);
        }

        return condition();
    }

    private VirtualTimer? TakeDue(long end)
    {
        lock (_gate)
        {
            while (_timers.TryPeek(out var timer, out var at) && at.Due <= end)
            {
                _timers.Dequeue();
                if (!timer.IsDueAt(at.Due))
                    continue;
                Interlocked.Exchange(ref _now, Math.Max(_now, at.Due));
                timer.Rearm(at.Due);
                return timer;
            }

            return null;
        }
    }

    private void Enqueue(VirtualTimer timer, long due)
    {
        lock (_gate)
            _timers.Enqueue(timer, (due, _order++));
    }

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private long _due = long.MaxValue;
        private long _period = -1;

        public bool IsDueAt(long due) => Interlocked.Read(ref _due) == due;

        public void Fire() => callback(state);

        public void Rearm(long now)
        {
            if (_period <= 0)
            {
                Interlocked.Exchange(ref _due, long.MaxValue);
                return;
            }

            Interlocked.Exchange(ref _due, now + _period);
            time.Enqueue(this, now + _period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period == Timeout.InfiniteTimeSpan ? -1 : period.Ticks;
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                Interlocked.Exchange(ref _due, long.MaxValue);
                return true;
            }

            var due = Interlocked.Read(ref time._now) + dueTime.Ticks;
            Interlocked.Exchange(ref _due, due);
            time.Enqueue(this, due);
            return true;
        }

        public void Dispose() => Interlocked.Exchange(ref _due, long.MaxValue);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
