using System.Numerics;

namespace Rollcall.Http.Resilience;

/// <summary>
/// How long the given share of a service's answers took at most, of late: counts in steps that grow by an eighth to a quarter, halved now and then. Thread-safe without a lock: a count lost in a race does not
/// matter, and the result is at most one step too large.
/// </summary>
/// <remarks>
/// Answers that nobody waited for count with the time that was waited (censored observations). Left out, a quantile that decides how long to wait would be one of those who were fast enough, and each
/// would be shorter than the one before. Where it is known only that they took longer than the quantile, that is all that the quantile needs of them: it stays where it is when it is right, and grows
/// while it is too small.
/// </remarks>
internal sealed class LatencyQuantile(double quantile)
{
    private const int StepsPerDoubling = 4;
    private const int SamplesPerUpdate = 64;

    private readonly int[] _counts = new int[40 * StepsPerDoubling];
    private int _samples;
    private long _microseconds;

    /// <summary>The quantile; zero as long as there were not enough answers to tell.</summary>
    public TimeSpan Current => TimeSpan.FromMicroseconds(Volatile.Read(ref _microseconds));

    /// <summary>An answer took as long as this.</summary>
    public void Add(TimeSpan latency)
    {
        _counts[Math.Min(StepOf((ulong)Math.Max(1, latency.TotalMicroseconds)), _counts.Length - 1)]++;
        if (Interlocked.Increment(ref _samples) % SamplesPerUpdate == 0)
            Update();
    }

    /// <summary>
    /// An answer would have taken longer than this. Of those that were waited for for less than the quantile nothing is known: on which side of it they would have been is what is asked.
    /// </summary>
    public void AddAtLeast(TimeSpan waited)
    {
        if (waited >= Current)
            Add(waited);
    }

    private static int StepOf(ulong value)
    {
        var doubling = BitOperations.Log2(value);
        var rest = doubling >= 2 ? (value >> (doubling - 2)) & 3 : (value << (2 - doubling)) & 3;
        return (doubling * StepsPerDoubling) + (int)rest;
    }

    // The first value that is too large for the step.
    private static double EndOf(int step) => Math.ScaleB(1 + ((step % StepsPerDoubling) + 1d) / StepsPerDoubling, step / StepsPerDoubling);

    private void Update()
    {
        long total = 0;
        foreach (var count in _counts)
            total += count;
        var wanted = total * quantile;
        long seen = 0;
        for (var step = 0; step < _counts.Length; step++)
        {
            seen += _counts[step];
            if (seen < wanted || seen == 0)
                continue;
            Volatile.Write(ref _microseconds, (long)EndOf(step));
            break;
        }

        if (total < SamplesPerUpdate * 16)
            return;
        for (var step = 0; step < _counts.Length; step++)
            _counts[step] /= 2;
    }
}
