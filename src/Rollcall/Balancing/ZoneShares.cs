using System.Runtime.InteropServices;

namespace Rollcall.Balancing;

/// <summary>The healthy weight of each zone of one failover group, and what it means for the own one.</summary>
internal sealed class ZoneShares(int priority)
{
    /// <summary>How much more than its part a zone may be given before something goes elsewhere, as Envoy's overprovisioning factor.</summary>
    public const double Headroom = 1.4;

    private readonly List<Zone> _zones = [];
    private int _last;

    public int Priority => priority;

    /// <summary>Adds to the healthy weight of a zone; null is the zone of those who do not say.</summary>
    public void Add(string? zone, int weight)
    {
        var zones = CollectionsMarshal.AsSpan(_zones);
        if (_last < zones.Length && string.Equals(zones[_last].Name, zone, StringComparison.Ordinal))
        {
            zones[_last].Weight += weight;
            return;
        }

        for (var i = 0; i < zones.Length; i++)
        {
            if (!string.Equals(zones[i].Name, zone, StringComparison.Ordinal))
                continue;
            zones[i].Weight += weight;
            _last = i;
            return;
        }

        _last = zones.Length;
        _zones.Add(new Zone { Name = zone, Weight = weight });
    }

    /// <summary>What the own zone keeps and how weights are to be scaled for it.</summary>
    public ZoneSplit Split(string own)
    {
        double ownWeight = 0, total = 0, squares = 0;
        foreach (var zone in _zones)
        {
            total += zone.Weight;
            squares += (double)zone.Weight * zone.Weight;
            if (string.Equals(zone.Name, own, StringComparison.Ordinal))
                ownWeight = zone.Weight;
        }

        return ZoneSplit.Of(ownWeight, total, squares);
    }

    [StructLayout(LayoutKind.Auto)]
    private record struct Zone
    {
        public string? Name { get; init; }

        public long Weight { get; set; }
    }
}

/// <summary>How traffic is split between the own zone and the others.</summary>
/// <param name="Kept">The part that stays in the own zone, 0 to 1.</param>
/// <param name="OwnFactor">By what the weights of the own zone are multiplied, at most 1.</param>
/// <param name="OtherFactor">By what those of the others are, at most 1.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ZoneSplit(double Kept, double OwnFactor, double OtherFactor)
{
    public static ZoneSplit None { get; } = new(1, 1, 1);

    /// <summary>
    /// The own zone keeps min(1, <see cref="ZoneShares.Headroom"/> × its weight ÷ the weight of the zone that an endpoint is in on average, Σw² ÷ Σw). With n equal zones that is
    /// the part of the traffic that comes from it, as in zone-aware routing by the number of zones; but a zone counts by its weight, so that one that comes or goes with
    /// its only endpoint moves no more than that endpoint is worth. One endpoint that is the part s of all weight moves at most 1.4 × n × s.
    /// </summary>
    /// <param name="own">The healthy weight of the own zone.</param>
    /// <param name="total">That of all zones.</param>
    /// <param name="squares">The sum of the squares of each zone's.</param>
    public static ZoneSplit Of(double own, double total, double squares)
    {
        if (own <= 0 || own >= total)
            return None;
        var kept = Math.Min(1, ZoneShares.Headroom * own * total / squares);
        var ratio = (1 - kept) / kept * own / (total - own);
        return ratio <= 1 ? new(kept, 1, ratio) : new(kept, 1 / ratio, 1);
    }
}
