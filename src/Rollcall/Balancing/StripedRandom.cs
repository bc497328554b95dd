using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rollcall.Balancing;

/// <summary>
/// Random numbers for many threads without contention: SplitMix64 (Steele, Lea and Flood 2014) with one state per stripe, a stripe serving the threads
/// whose id falls to it. Two threads that meet on a stripe may draw the same number once; for balancing that is harmless, a lock would not be.
/// </summary>
internal sealed class StripedRandom
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;
    private const int MaxStripes = 256;

    private readonly Stripe[] _stripes;

    /// <param name="seed">Where every stripe's own seed is drawn from.</param>
    /// <param name="stripes">A power of two; with 1 the sequence does not depend on the thread.</param>
    public StripedRandom(Random seed, int stripes)
    {
        ArgumentNullException.ThrowIfNull(seed);
        if (!BitOperations.IsPow2(stripes))
            throw new ArgumentOutOfRangeException(nameof(stripes), stripes, "The number of stripes must be a power of two.");
        _stripes = new Stripe[stripes];
        foreach (ref var stripe in _stripes.AsSpan())
            stripe.State = (ulong)seed.NextInt64(long.MinValue, long.MaxValue);
    }

    public StripedRandom(Random seed)
        : this(seed, DefaultStripes)
    {
    }

    // Four times the processors: threads that run at the same time seldom share one.
    public static int DefaultStripes => (int)Math.Min(MaxStripes, BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount) * 4);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Next()
    {
        ref var stripe = ref _stripes[Environment.CurrentManagedThreadId & (_stripes.Length - 1)];
        var z = unchecked(stripe.State + Gamma);
        stripe.State = z;
        return KeyHash.Mix(z);
    }

    /// <summary>Maps 32 random bits to 0 … <paramref name="bound"/> − 1 by multiply-and-shift; the bias is at most bound / 2³².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Scale(uint bits, int bound) => (int)(((ulong)bits * (uint)bound) >> 32);

    /// <summary>Uniform over 0 … <paramref name="bound"/> − 1 but for <paramref name="taken"/>: one place fewer, stepping over the one taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Another(int taken, uint bits, int bound)
    {
        var other = Scale(bits, bound - 1);
        return other >= taken ? other + 1 : other;
    }

    [StructLayout(LayoutKind.Explicit, Size = 64)]
    private struct Stripe
    {
        [FieldOffset(0)]
        public ulong State;
    }
}
