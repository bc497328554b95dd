using System.Runtime.CompilerServices;

namespace Rollcall.Gateway.Statistics;

/// <summary>How many there were in each of the last seconds. Many threads count without a lock and without an allocation.</summary>
internal sealed class RateMeter
{
    private const int Seconds = 64;

    // Above the second, below how many were in it: one word, so that both change at once.
    private readonly long[] _slots = new long[Seconds];

    /// <summary>One more in a second. Of those that are more than a minute late, as a thread that was held up may be, none is told from the newest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count(uint second)
    {
        ref var slot = ref _slots[second % Seconds];
        if ((uint)(Volatile.Read(ref slot) >>> 32) == second)
            Interlocked.Increment(ref slot);
        else
            Begin(ref slot, second);
    }

    /// <summary>How many a second there were on average over the last <paramref name="window"/> seconds, the one under way left out.</summary>
    /// <param name="now">The second under way.</param>
    /// <param name="window">1 to 60; fewer when there were not so many yet.</param>
    public double PerSecond(uint now, int window)
    {
        var (sum, seconds) = (0L, (int)Math.Min((uint)window, now));
        for (var back = 1u; back <= seconds; back++)
        {
            var slot = Volatile.Read(ref _slots[(now - back) % Seconds]);
            if ((uint)(slot >>> 32) == now - back)
                sum += (uint)slot;
        }

        return seconds == 0 ? 0 : (double)sum / seconds;
    }

    private static void Begin(ref long slot, uint second)
    {
        while (true)
        {
            var before = Volatile.Read(ref slot);
            var next = (uint)(before >>> 32) == second ? before + 1 : ((long)second << 32) | 1;
            if (Interlocked.CompareExchange(ref slot, next, before) == before)
                return;
        }
    }
}
