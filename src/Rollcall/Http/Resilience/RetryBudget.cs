namespace Rollcall.Http.Resilience;

/// <summary>
/// How many requests of a service may be sent again: a share of all, and a few a second in any case. What is not used within ten seconds is lost. In any span of time, what was
/// spent is at most the share of the requests in it, plus the floor for its length, plus what was there at its begin. Thread-safe; only spending takes a lock.
/// </summary>
internal sealed class RetryBudget(TimeProvider time, double share, int perSecond)
{
    private const double WindowSeconds = 10;

    private readonly Lock _gate = new();
    private double _balance = perSecond * WindowSeconds;
    private long _updated = time.GetTimestamp();
    private long _requests;
    private long _counted;

    /// <summary>Another request was made.</summary>
    public void Requested() => Interlocked.Increment(ref _requests);

    /// <summary>True when one more may be sent again; it is then counted.</summary>
    public bool TrySpend()
    {
        lock (_gate)
        {
            Update();
            if (_balance < 1)
                return false;
            _balance--;
            return true;
        }
    }

    /// <summary>One that was counted was not sent after all.</summary>
    public void Refund()
    {
        lock (_gate)
            _balance++;
    }

    // Of what was earned longer ago than the window nothing is left; in between, in proportion.
    private void Update()
    {
        var now = time.GetTimestamp();
        var requests = Volatile.Read(ref _requests);
        var seconds = time.GetElapsedTime(_updated, now).TotalSeconds;
        var kept = Math.Max(0, 1 - (seconds / WindowSeconds));
        var recent = seconds > WindowSeconds ? WindowSeconds / seconds : 1;
        var earned = (share * (requests - _counted) * recent) + (perSecond * Math.Min(seconds, WindowSeconds));
        _balance = (_balance * kept) + earned;
        _counted = requests;
        _updated = now;
    }
}
