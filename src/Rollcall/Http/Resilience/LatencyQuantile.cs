using System.Numerics;

namespace Rollcall.Http.Resilience;

/// <summary>
/// How long the given share of a service's answers took at most, of late: counts in steps that grow by an eighth to a quarter, halved now and then. Thread-safe without a lock: a count lost in a race does not
/// matter, and the result is at most one step too large.
/// </summary>
internal sealed class LatencyQuantile(double quantile)
{
    private const int StepsPerDoubling = 4;
    private const int SamplesPerUpdate = 64;

    private readonly int[] _counts = new int[40 * StepsPerDoubling];
    private int _samples;
    private long _microseconds;

    /// <summary>The quantile; zero as long as there were not enough answers to tell.</summary>
    public TimeSpan Current => TimeSpan.FromMicroseconds(Volatile.Read(ref _microseconds));

    public void Add(TimeSpan latency)
    {
        _counts[Math.Min(StepOf((ulong)Math.Max(1, latency.TotalMicroseconds)), _counts.Length - 1)]++;
        if (Interlocked.Increment(ref _samples) % SamplesPerUpdate == 0)
            Update();
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
