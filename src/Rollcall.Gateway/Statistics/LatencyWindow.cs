using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rollcall.Gateway.Statistics;

/// <summary>
/// How long things took in the last minute, in steps of at most an eighth (the log-linear histogram of Tene's HdrHistogram), in windows of ten seconds. Many threads count
/// without a lock and without an allocation; of those in the very moment at which a window begins some may be lost. Bounded: 5 KB.
/// </summary>
internal sealed class LatencyWindow
{
    private const int StepsPerPower = 8;

    // From 32 µs, below which all is one step, to 134 s.
    private const int FirstPower = 5;
    private const int Powers = 22;
    private const int Steps = (Powers * StepsPerPower) + 1;
    private const int WindowSeconds = 10;
    private const int Windows = 6;

    // One more than are looked at: the one that is cleared is no longer wanted.
    private readonly int[] _counts = new int[(Windows + 1) * Steps];
    private readonly uint[] _epochs = new uint[Windows + 1];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count(TimeSpan latency, uint second)
    {
        var epoch = second / WindowSeconds;
        var window = (int)(epoch % (Windows + 1));
        if (Volatile.Read(ref _epochs[window]) != epoch)
            Begin(window, epoch);
        Interlocked.Increment(ref _counts[(window * Steps) + StepOf(latency)]);
    }

    /// <summary>What was counted in the last minute or a little less, in all windows together.</summary>
    public LatencySummary Read(uint second)
    {
        var epoch = second / WindowSeconds;
        Span<long> sums = stackalloc long[Steps];
        sums.Clear();
        var total = 0L;
        for (var window = 0; window <= Windows; window++)
        {
            if (epoch - Volatile.Read(ref _epochs[window]) >= Windows)
                continue;
            for (var step = 0; step < Steps; step++)
            {
                var count = Volatile.Read(ref _counts[(window * Steps) + step]);
                sums[step] += count;
                total += count;
            }
        }

        return total == 0 ? default : new(total, Quantile(sums, total, 0.50), Quantile(sums, total, 0.90), Quantile(sums, total, 0.99));
    }

    private static int StepOf(TimeSpan latency)
    {
        var micros = (ulong)Math.Max(0, latency.Ticks / TimeSpan.TicksPerMicrosecond);
        var power = BitOperations.Log2(micros | 1);
        if (power < FirstPower)
            return 0;
        var part = (int)(micros >> (power - 3)) & (StepsPerPower - 1);
        return Math.Min(Steps - 1, 1 + ((power - FirstPower) * StepsPerPower) + part);
    }

    // The middle of the step in which it lies.
    private static TimeSpan Quantile(ReadOnlySpan<long> sums, long total, double share)
    {
        var left = (long)Math.Ceiling(total * share);
        var step = 0;
        while ((left -= sums[step]) > 0)
            step++;
        if (step == 0)
            return TimeSpan.FromMicroseconds(1 << (FirstPower - 1));
        var (power, part) = Math.DivRem(step - 1, StepsPerPower);
        var width = (1L << (power + FirstPower)) / (double)StepsPerPower;
        return TimeSpan.FromMicroseconds((1L << (power + FirstPower)) + ((part + 0.5) * width));
    }

    private void Begin(int window, uint epoch)
    {
        // Who wins clears; the others count on.
        var before = Volatile.Read(ref _epochs[window]);
        if (before == epoch || Interlocked.CompareExchange(ref _epochs[window], epoch, before) != before)
            return;
        _counts.AsSpan(window * Steps, Steps).Clear();
    }
}

/// <summary>How long things took.</summary>
/// <param name="Count">How many there were.</param>
/// <param name="Median">Half took no longer; zero when there was none.</param>
/// <param name="P90">Nine in ten took no longer.</param>
/// <param name="P99">Ninety-nine in a hundred took no longer.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LatencySummary(long Count, TimeSpan Median, TimeSpan P90, TimeSpan P99);
