namespace Rollcall.Health;

/// <summary>
/// What an answer of an endpoint costs: the largest of its latencies, each discounted by e^(−age / 10 s). It follows a slower answer at once and faster ones over
/// <see cref="DecayTime"/>, like the peak-sensitive moving average of Finagle (Twitter, "PeakEwma"), which comes to the same when it is read all the time.
/// </summary>
/// <remarks>
/// Kept as the logarithm of the latency plus the time of the answer in units of the decay, so that nothing has to be discounted when it is read ("forward decay":
/// Cormode, Shkapenyuk, Srivastava and Xu, 2009): what two endpoints have lost by now is the same for both and cancels out when they are compared. A pick therefore needs no clock, and an
/// answer that arrives late or twice changes nothing.
/// </remarks>
internal static class PeakEwma
{
    /// <summary>The time in which a latency counts for a part 1 / e of what it was.</summary>
    public static readonly TimeSpan DecayTime = TimeSpan.FromSeconds(10);

    /// <summary>A factor of two between costs, as they are kept.</summary>
    public const long Octave = 1L << 32;

    // A failure counts as an answer four times as slow. Twice in a row is sixteen times: an endpoint that fails fast is left by nearly everybody after a few
    // failures, one that fails now and then is not.
    private const long FailurePenalty = 2 * Octave;

    private static readonly TimeSpan MaxPenalty = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MinHold = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxHold = TimeSpan.FromSeconds(300);

    /// <summary>Learns from a request that has ended.</summary>
    /// <param name="load">What is known of the endpoint.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="timestamp">When it ended.</param>
    /// <param name="frequency">Timestamps per second.</param>
    public static void Observe(EndpointLoad load, in RequestOutcome outcome, long timestamp, long frequency)
    {
        var answer = Level(outcome.Latency, timestamp, frequency);
        var known = Volatile.Read(ref load.Cost);
        switch (outcome.Kind)
        {
            case OutcomeKind.Success:
                Raise(load, answer);
                break;

            // Not a failure, but an answer would have taken this long at least: hedging gives up those that are slow.
            case OutcomeKind.Cancelled when known != 0:
                Raise(load, answer);
                break;

            // Of one without an answer so far nothing is known, and others keep requests away from who cannot be reached.
            case OutcomeKind.Cancelled:
            case OutcomeKind.Unreachable when known == 0:
                break;

            default:
                var most = Math.Max(answer, Level(MaxPenalty, timestamp, frequency));
                Raise(load, Math.Min(Math.Max(known, answer) + FailurePenalty, most));
                if (outcome is { Kind: OutcomeKind.Throttled, RetryAfter: { } time })
                    Hold(load, timestamp + (long)(Clamp(time).TotalSeconds * frequency));
                break;
        }
    }

    /// <summary>There is reason to think that it is another now.</summary>
    public static void Forget(EndpointLoad load)
    {
        Volatile.Write(ref load.Cost, 0);
        Volatile.Write(ref load.HeldUntil, 0);
    }

    /// <summary>The cost at a time, for people to read; zero while nobody knows.</summary>
    public static TimeSpan CostAt(long cost, long timestamp, long frequency) =>
        cost == 0 ? TimeSpan.Zero : TimeSpan.FromTicks((long)Math.Min(Math.Pow(2, (cost - 1 - Decay(timestamp, frequency)) / (double)Octave), TimeSpan.TicksPerDay));

    // One more, so that it is never that of an endpoint nobody knows.
    private static long Level(TimeSpan latency, long timestamp, long frequency) =>
        (long)(Math.Log2(Math.Max(1, latency.Ticks)) * Octave) + Decay(timestamp, frequency) + 1;

    private static long Decay(long timestamp, long frequency) =>
        (long)(timestamp / (double)frequency / (DecayTime.TotalSeconds * Math.Log(2)) * Octave);

    private static void Raise(EndpointLoad load, long to)
    {
        var seen = Volatile.Read(ref load.Cost);
        while (to > seen)
        {
            var found = Interlocked.CompareExchange(ref load.Cost, to, seen);
            if (found == seen)
                return;
            seen = found;
        }
    }

    private static void Hold(EndpointLoad load, long until)
    {
        if (until > Volatile.Read(ref load.HeldUntil))
            Volatile.Write(ref load.HeldUntil, until);
    }

    private static TimeSpan Clamp(TimeSpan time) => time < MinHold ? MinHold : time > MaxHold ? MaxHold : time;
}
