using System.Numerics;
using System.Runtime.CompilerServices;

namespace Rollcall.Balancing;

/// <summary>
/// Points on a circle, several of each endpoint in proportion to its weight; a key belongs to the next point (Karger et al., "Consistent hashing and random trees", 1997). Whoever
/// comes or goes changes nothing but the keys of its own points. With v points each, shares differ by about 1 / √v of the mean (one standard deviation).
/// </summary>
/// <remarks>
/// There are 256 points of an endpoint of full weight in a set of up to 256 (6 %), half as many each time that the set doubles, but at least 16 (25 %), so that a ring has about
/// 65,536 points and a large set is built in milliseconds. Where the number is halved, half of the keys move.
/// </remarks>
internal sealed class HashRing
{
    public const int MaxPointsEach = 256;
    public const int MinPointsEach = 16;

    private const int MaxPoints = 65_536;

    // A point is its place, with the endpoint in the lower bits: one word to compare, and of two at the same place the first endpoint wins everywhere.
    private const int IndexBits = 24;
    private const ulong IndexMask = (1UL << IndexBits) - 1;

    private readonly ulong[] _points;
    private readonly int[] _starts;
    private readonly int _shift;

    public HashRing(ReadOnlySpan<BalancedEndpoint> candidates, ReadOnlySpan<int> weights)
    {
        var full = 0;
        foreach (var weight in weights)
            full = Math.Max(full, weight);
        var each = PointsEach(candidates.Length);
        var counts = new int[candidates.Length];
        var total = 0;
        for (var i = 0; i < counts.Length; i++)
            total += counts[i] = weights[i] == 0 ? 0 : Math.Max(1, (int)(((long)each * weights[i]) / full));

        // Sorted by buckets, of which a lookup needs the bounds anyway: places are spread evenly, so that there is about one to a bucket.
        var buckets = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, total));
        _shift = 64 - BitOperations.Log2((uint)buckets);
        var unsorted = new ulong[total];
        _starts = new int[buckets + 1];
        var at = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            var name = KeyHash.Of(candidates[i].Endpoint.Id);
            for (var j = 0; j < counts[i]; j++)
            {
                var point = (KeyHash.Mix(unchecked(name + ((ulong)j * 0x9E3779B97F4A7C15))) & ~IndexMask) | (uint)i;
                unsorted[at++] = point;
                _starts[(point >> _shift) + 1]++;
            }
        }

        for (var i = 1; i < _starts.Length; i++)
            _starts[i] += _starts[i - 1];
        _points = new ulong[total];
        var filled = new byte[buckets];
        foreach (var point in unsorted)
            Insert(point, filled);
    }

    /// <summary>How many points there are.</summary>
    public int Count => _points.Length;

    public static int PointsEach(int endpoints) =>
        Math.Clamp(MaxPoints / (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, endpoints)), MinPointsEach, MaxPointsEach);

    /// <summary>The first point at or behind a hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong hash)
    {
        var points = _points;
        var at = _starts[hash >> _shift];
        while ((uint)at < (uint)points.Length && points[at] < hash)
            at++;
        return at == points.Length ? 0 : at;
    }

    /// <summary>Whose point it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Owner(int point) => (int)(_points[point] & IndexMask);

    /// <summary>The point behind.</summary>
    public int Next(int point) => ++point == _points.Length ? 0 : point;

    private void Insert(ulong point, byte[] filled)
    {
        var bucket = (int)(point >> _shift);
        var start = _starts[bucket];
        var at = start + filled[bucket]++;
        for (; at > start && _points[at - 1] > point; at--)
            _points[at] = _points[at - 1];
        _points[at] = point;
    }
}
