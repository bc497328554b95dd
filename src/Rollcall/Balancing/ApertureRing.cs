using System.Collections.Immutable;

namespace Rollcall.Balancing;

/// <summary>The endpoints of one failover group, or of one zone in it, on a ring.</summary>
internal sealed class ApertureRing(int priority, string? zone)
{
    private readonly List<int> _members = [];
    private readonly List<int> _chosen = [];

    public int Priority => priority;

    public string? Zone => zone;

    /// <summary>How many are ready and have a weight.</summary>
    public int Usable { get; private set; }

    /// <summary>What those weigh together.</summary>
    public long Weight { get; private set; }

    /// <summary>How many are to be chosen; at most <see cref="Usable"/>.</summary>
    public int Quota { get; set; }

    /// <summary>What the chosen ones weigh together.</summary>
    public long ChosenWeight { get; private set; }

    public void Add(int index, BalancedEndpoint candidate)
    {
        _members.Add(index);
        if (!IsUsable(candidate))
            return;
        Usable++;
        Weight += candidate.Weight;
    }

    /// <summary>Chooses the first usable ones from a place on; the other usable ones are outside.</summary>
    public void Choose(ulong place, ImmutableArray<BalancedEndpoint> candidates, bool[] isOutside)
    {
        var ring = _members.ToArray();
        var hashes = new ulong[ring.Length];
        for (var i = 0; i < ring.Length; i++)
            hashes[i] = KeyHash.Of(candidates[ring[i]].Endpoint.Id);
        Array.Sort(hashes, ring);
        var start = (int)Math.BigMul(place, (ulong)ring.Length, out _);
        for (var i = 0; i < ring.Length; i++)
        {
            var index = ring[(start + i) % ring.Length];
            if (!IsUsable(candidates[index]))
                continue;
            if (_chosen.Count == Quota)
            {
                isOutside[index] = true;
                continue;
            }

            _chosen.Add(index);
            ChosenWeight += candidates[index].Weight;
        }
    }

    /// <summary>Scales the weights of the chosen ones, so that together they weigh the same part as the whole ring did.</summary>
    /// <param name="scale">What all that are chosen weigh, as a part of what all of the group weigh.</param>
    /// <param name="weights">The weights of all candidates.</param>
    public void Scale(double scale, int[] weights)
    {
        var factor = Weight * scale / Math.Max(1, ChosenWeight);
        foreach (var index in _chosen)
            weights[index] = Math.Max(1, (int)Math.Round(weights[index] * factor));
    }

    /// <summary>
    /// Shares a number of endpoints among rings in proportion to their weight, by largest remainders; one that has fewer gives all it has, and the others what that leaves.
    /// </summary>
    public static void Share(IReadOnlyCollection<ApertureRing> rings, int size)
    {
        List<ApertureRing> open = [.. rings];
        while (open.Find(ring => ring.Part(open, size) >= ring.Usable) is { } full)
        {
            full.Quota = full.Usable;
            size -= full.Usable;
            open.Remove(full);
        }

        var left = size;
        foreach (var ring in open)
            left -= ring.Quota = (int)ring.Part(open, size);
        foreach (var ring in open.OrderByDescending(ring => ring.Part(open, size) - ring.Quota).ThenBy(static ring => ring.Zone, StringComparer.Ordinal).Take(left))
            ring.Quota++;
    }

    private double Part(List<ApertureRing> open, int size) => (double)Weight * size / Math.Max(1, open.Sum(static ring => ring.Weight));

    private static bool IsUsable(BalancedEndpoint candidate) => candidate.Endpoint.State == EndpointState.Ready && candidate.Weight > 0;
}
