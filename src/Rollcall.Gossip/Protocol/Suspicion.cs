namespace Rollcall.Gossip.Protocol;

/// <summary>
/// One member under suspicion (Lifeguard, section 4.2): the suspicion starts long and shrinks with every accuser that came to it independently. Its end is a time, so that a timer set
/// for an earlier suspicion finds nothing to do.
/// </summary>
internal sealed class Suspicion
{
    private readonly List<byte[]> _accusers = [];
    private readonly int _expected;
    private readonly long _min;
    private readonly long _max;
    private long _start;

    public Suspicion(ReadOnlySpan<byte> accuser, int expected, long min, long max, long now)
    {
        _accusers.Add(accuser.ToArray());
        _expected = expected;
        _min = min;
        _max = max;
        _start = now;
        End = now + (expected < 1 ? min : max);
    }

    public long End { get; private set; }

    public int Confirmations { get; private set; }

    /// <summary>The accuser that has paid credit for it, or <see cref="NotCharged"/>.</summary>
    public int Charged { get; set; } = NotCharged;

    public const int NotCharged = -2;

    /// <summary>True where the accuser is new and still counts: then the suspicion may end earlier.</summary>
    public bool Confirm(ReadOnlySpan<byte> accuser)
    {
        if (Confirmations >= _expected)
            return false;
        foreach (var known in _accusers)
        {
            if (accuser.SequenceEqual(known))
                return false;
        }

        _accusers.Add(accuser.ToArray());
        Confirmations++;
        End = _start + Scaling.SuspicionTotal(Confirmations, _expected, _min, _max);
        return true;
    }

    public void PutOff(long by)
    {
        _start += by;
        End += by;
    }
}
