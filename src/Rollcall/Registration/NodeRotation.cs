using Rollcall.Watching;

namespace Rollcall.Registration;

/// <summary>
/// Which node to ask and when: the next at once when one fails, and once all have failed a pause with capped exponential backoff and
/// full jitter, so that a thousand clients of a restarted node do not come back together.
/// </summary>
internal sealed class NodeRotation(int count, Random random)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(20);

    private int _failures;

    /// <summary>Index of the node to ask.</summary>
    public int Current { get; private set; }

    /// <summary>Ask none before this time.</summary>
    public TimeSpan RetryAt { get; private set; }

    /// <summary>When the first failure of this outage happened; null while a node answers.</summary>
    public TimeSpan? FailingSince { get; private set; }

    /// <summary>Notes that the current node failed. True when this was the first time in this outage that all of them had.</summary>
    public bool Failed(TimeSpan now, TimeSpan longestPause, TimeSpan? retryAfter)
    {
        FailingSince ??= now;
        _failures++;
        Current = (Current + 1) % count;
        if (_failures % count != 0)
            return false;
        var round = _failures / count;
        var pause = new Backoff(FirstPause, longestPause).Delay(round, random);
        if (retryAfter is { } asked && asked > pause)
            pause = asked < longestPause ? asked : longestPause;
        RetryAt = now + (pause > ShortestPause ? pause : ShortestPause);
        return round == 1;
    }

    /// <summary>Notes that the current node answered. How long none had, when that was told as an outage; else null.</summary>
    public TimeSpan? Succeeded(TimeSpan now)
    {
        var outage = _failures >= count ? now - FailingSince : null;
        _failures = 0;
        FailingSince = null;
        return outage;
    }

    /// <summary>Lets the next attempt be made now, whatever happened before.</summary>
    public void Hurry(TimeSpan now)
    {
        if (RetryAt > now)
            RetryAt = now;
    }
}
