using System.Runtime.InteropServices;

namespace Rollcall.Watching;

/// <summary>
/// How long to wait before the next attempt: capped exponential growth with full jitter, so that many clients of one failed
/// server do not come back in step.
/// </summary>
/// <remarks>
/// The delay after the n-th failure in a row is drawn evenly from 0 to min(<paramref name="Cap"/>, <paramref name="Base"/> · 2^(n-1)).
/// </remarks>
/// <param name="Base">The longest delay after the first failure.</param>
/// <param name="Cap">The longest delay ever. Smaller means found again sooner and more load on a server that is in trouble.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Backoff(TimeSpan Base, TimeSpan Cap)
{
    /// <summary>100 ms growing to 5 s: on average a recovered source is seen within 2.5 s.</summary>
    public static Backoff Default => new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));

    /// <summary>The longest possible delay after <paramref name="failures"/> failures in a row (1 or more).</summary>
    public TimeSpan Ceiling(int failures)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        // 2^30 times any sensible base exceeds any sensible cap; limiting the exponent keeps the product finite.
        var ticks = Base.Ticks * Math.Pow(2, Math.Min(failures - 1, 30));
        return ticks >= Cap.Ticks ? Cap : TimeSpan.FromTicks((long)ticks);
    }

    /// <summary>The delay to wait after <paramref name="failures"/> failures in a row (1 or more).</summary>
    public TimeSpan Delay(int failures, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Ceiling(failures) * random.NextDouble();
    }
}
