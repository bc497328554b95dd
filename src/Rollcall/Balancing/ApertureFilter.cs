using System.Collections.Immutable;
using System.Globalization;
using Rollcall.Health;

namespace Rollcall.Balancing;

/// <summary>
/// Uses a part of a large set: so many endpoints of each failover group, a stable part that is another for every client and, over all clients, even. The endpoints of a group
/// stand on a ring at equal distances, in order of the hash of their id; a client uses those that are ready behind its own place (<see cref="AperturePlace"/>).
/// </summary>
/// <remarks>
/// <para>Equal distances make windows of equal length catch equally many, which the hashed distances of a consistent hash do not; and one endpoint that comes or goes shifts every window
/// by at most one. So does Twitter's deterministic aperture. That clients take places that fill the ring evenly, however many they are, is from "Reinventing backend
/// subsetting at Google" (ACM Queue 20(5), 2022).</para>
/// <para>Where zones are preferred, each is a ring of its own and gives endpoints in proportion to the weight that it was left with; weights are then scaled so that
/// each keeps its part.</para>
/// </remarks>
internal sealed class ApertureFilter(ApertureSettings settings, bool byZone) : IEndpointFilter
{
    private readonly ulong _place = AperturePlace.Of(settings.Client);

    public string Name => "aperture";

    public ImmutableArray<BalancedEndpoint> Apply(ImmutableArray<BalancedEndpoint> candidates, FilterContext context)
    {
        if (candidates.Length <= settings.Size)
            return candidates;
        var rings = Rings(candidates);
        var weights = new int[candidates.Length];
        for (var i = 0; i < weights.Length; i++)
            weights[i] = candidates[i].Weight;
        var isOutside = new bool[candidates.Length];
        var narrows = false;
        foreach (var group in rings.GroupBy(static ring => ring.Priority))
            narrows |= Narrow([.. group], candidates, isOutside, weights, context);
        if (!narrows)
            return candidates;

        var left = ImmutableArray.CreateBuilder<BalancedEndpoint>();
        List<BalancedEndpoint> spares = [];
        for (var i = 0; i < isOutside.Length; i++)
        {
            if (!isOutside[i])
            {
                left.Add(candidates[i].WithWeight(weights[i]));
                continue;
            }

            // For when nobody of its own part can be reached: a request of one client too many is better than one that fails.
            if (!ServiceHealth.IsAvoided(candidates[i]))
                spares.Add(candidates[i]);
            context.Listener?.Excluded(this, candidates[i], string.Create(CultureInfo.InvariantCulture, $"outside of the {settings.Size} that {settings.Client} uses"));
        }

        context.Spare(spares);
        return left.DrainToImmutable();
    }

    // Those that cannot be used stay where they are, so that one that is not ready for a while moves nobody else; the next filter takes them away.
    private bool Narrow(List<ApertureRing> rings, ImmutableArray<BalancedEndpoint> candidates, bool[] isOutside, int[] weights, FilterContext context)
    {
        if (rings.Sum(static ring => ring.Usable) <= settings.Size)
            return false;
        ApertureRing.Share(rings, settings.Size);
        long chosen = 0, all = 0;
        foreach (var ring in rings)
        {
            ring.Choose(_place, candidates, isOutside);
            chosen += ring.ChosenWeight;
            all += ring.Weight;
        }

        if (rings.Count > 1)
        {
            foreach (var ring in rings)
                ring.Scale((double)chosen / all, weights);
        }

        context.Listener?.Noted(this, string.Create(
            CultureInfo.InvariantCulture, $"{settings.Client} uses {rings.Sum(static ring => ring.Quota)} of {rings.Sum(static ring => ring.Usable)} from the place {_place / Math.Pow(2, 64):0.0000} on."));
        return true;
    }

    private List<ApertureRing> Rings(ImmutableArray<BalancedEndpoint> candidates)
    {
        List<ApertureRing> rings = [];
        for (var i = 0; i < candidates.Length; i++)
        {
            var endpoint = candidates[i].Endpoint;
            Of(rings, endpoint.Priority, byZone ? endpoint.Zone : null).Add(i, candidates[i]);
        }

        return rings;
    }

    private static ApertureRing Of(List<ApertureRing> rings, int priority, string? zone)
    {
        foreach (var ring in rings)
        {
            if (ring.Priority == priority && string.Equals(ring.Zone, zone, StringComparison.Ordinal))
                return ring;
        }

        rings.Add(new ApertureRing(priority, zone));
        return rings[^1];
    }
}
