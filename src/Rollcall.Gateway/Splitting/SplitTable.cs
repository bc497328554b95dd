using System.Collections.Immutable;

namespace Rollcall.Gateway.Splitting;

/// <summary>
/// Shares requests out among the versions of a route. With a key by weighted rendezvous (Thaler and Ravishankar 1998; weights by Schindelhauer and Schomaker 2005): a
/// version that grows only takes keys from others, one that shrinks only gives, and none moves between the rest. Immutable.
/// </summary>
internal sealed class SplitTable
{
    private readonly double[] _weights;
    private readonly ulong[] _salts;

    // Up to which of 2^64 a random number is the version's.
    private readonly ulong[] _bounds;
    private readonly int _last;

    /// <param name="shares">Each version's name and its weight, relative to the others'; at least one is above 0.</param>
    public SplitTable(ImmutableArray<VersionShare> shares)
    {
        Shares = InPercent(shares);
        _weights = [.. Shares.Select(static share => share.Weight)];
        _salts = [.. Shares.Select(static share => KeyHash.Of(share.Version))];
        _bounds = new ulong[_weights.Length];
        _last = Array.FindLastIndex(_weights, static weight => weight > 0);
        Only = _last == Array.FindIndex(_weights, static weight => weight > 0) ? _last : -1;
        var upTo = 0.0;
        for (var i = 0; i < _bounds.Length; i++)
        {
            upTo += _weights[i];
            _bounds[i] = Math.Min((ulong)(upTo / 100 * (1UL << 53)), (1UL << 53) - 1) << 11;
        }
    }

    /// <summary>The same shares, in percent.</summary>
    public static ImmutableArray<VersionShare> InPercent(ImmutableArray<VersionShare> shares)
    {
        var sum = shares.Sum(static share => share.Weight);
        return [.. shares.Select(share => share with { Weight = share.Weight * 100 / sum })];
    }

    /// <summary>In percent.</summary>
    public ImmutableArray<VersionShare> Shares { get; }

    /// <summary>The index of the version that gets everything; -1 when several share.</summary>
    public int Only { get; }

    /// <summary>Whether a version gets anything.</summary>
    public bool IsUsed(int version) => _weights[version] > 0;

    /// <summary>The version of a request by chance.</summary>
    /// <param name="random">64 random bits.</param>
    public int ByChance(ulong random)
    {
        var at = 0;
        while (at < _last && random >= _bounds[at])
            at++;
        return at;
    }

    /// <summary>The version of all requests with a key.</summary>
    /// <param name="key">A hash of it.</param>
    public int ByKey(ulong key)
    {
        // The version with the smallest of exponentially distributed numbers, each with its weight as the rate.
        var (best, least) = (0, double.PositiveInfinity);
        for (var i = 0; i < _weights.Length; i++)
        {
            if (_weights[i] <= 0)
                continue;
            var unit = ((Mix(key ^ _salts[i]) >> 11) + 1) * (1.0 / (1UL << 53));
            var wait = -Math.Log(unit) / _weights[i];
            if (wait < least)
                (best, least) = (i, wait);
        }

        return best;
    }

    // The finalizer of MurmurHash3: the same key also chooses an endpoint, and the two choices must have nothing to do with each other.
    private static ulong Mix(ulong x)
    {
        unchecked
        {
            x = (x ^ (x >> 33)) * 0xFF51AFD7ED558CCD;
            x = (x ^ (x >> 33)) * 0xC4CEB9FE1A85EC53;
            return x ^ (x >> 33);
        }
    }
}

/// <summary>A version and how much of the traffic it gets.</summary>
/// <param name="Version">Its name.</param>
/// <param name="Weight">Relative to the others'.</param>
internal sealed record VersionShare(string Version, double Weight);
