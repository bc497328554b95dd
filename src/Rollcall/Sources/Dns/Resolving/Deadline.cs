namespace Rollcall.Sources.Dns.Resolving;

/// <summary>How long a lookup may take in all, counted from now.</summary>
internal sealed class Deadline(TimeProvider time, TimeSpan limit)
{
    // Asking for less than a tick of the clock would not wait at all.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly long _start = time.GetTimestamp();

    public TimeSpan Limit => limit;

    public TimeSpan Left => limit - time.GetElapsedTime(_start);

    public bool IsOver => Left < ShortestWait;

    /// <summary>As much of <paramref name="wanted"/> as there is time for.</summary>
    public TimeSpan AtMost(TimeSpan wanted)
    {
        var left = Left;
        return left >= wanted ? wanted : left > ShortestWait ? left : ShortestWait;
    }
}
