namespace Rollcall.Gossip.Protocol;

/// <summary>The formulas of memberlist: what grows with the number of members, and how. Times are in ticks of <see cref="TimeSpan"/>.</summary>
internal static class Scaling
{
    /// <summary>
    /// The least time a suspicion lasts: <paramref name="mult"/> × max(1, log10 n) × the probe interval. The logarithm is cut to thousandths, so that every member comes to the same.
    /// </summary>
    public static long SuspicionMin(int mult, int n, long probeInterval)
    {
        var thousandths = (long)(Math.Max(1.0, Math.Log10(Math.Max(1, n))) * 1000);
        return mult * thousandths * probeInterval / 1000;
    }

    /// <summary>How many independent confirmations bring a suspicion down to its least time; none are waited for where too few members could give them.</summary>
    public static int ExpectedConfirmations(int suspicionMult, int n)
    {
        var expected = Math.Max(0, suspicionMult - 2);
        return n - 2 < expected ? 0 : expected;
    }

    /// <summary>
    /// How long a suspicion lasts that <paramref name="confirmations"/> members have confirmed: from <paramref name="max"/> down to <paramref name="min"/>, by the logarithm
    /// (Lifeguard, section 4.2): the first confirmations say the most.
    /// </summary>
    public static long SuspicionTotal(int confirmations, int expected, long min, long max)
    {
        if (expected < 1)
            return min;
        var fraction = Math.Log(confirmations + 1) / Math.Log(expected + 1);
        var milliseconds = Math.Floor((max - (fraction * (max - min))) / TimeSpan.TicksPerMillisecond);
        return Math.Max(min, (long)milliseconds * TimeSpan.TicksPerMillisecond);
    }

    /// <summary>How often a message is sent in all, each time to one member: enough that every member has it with high probability (SWIM, section 4.1).</summary>
    public static int RetransmitLimit(int mult, int n) => mult * (int)Math.Ceiling(Math.Log10(n + 1));

    /// <summary>Whole states grow with the cluster, so they are exchanged less often in a large one.</summary>
    public static long PushPullInterval(long interval, int n) => n <= 32 ? interval : interval * ((long)Math.Ceiling(Math.Log2(n) - 5) + 1);
}
