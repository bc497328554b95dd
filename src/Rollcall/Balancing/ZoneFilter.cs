using System.Collections.Immutable;
using System.Globalization;

namespace Rollcall.Balancing;

/// <summary>
/// Keeps traffic in the own zone as far as that can carry it (<see cref="ZoneSplit.Of"/>); the rest goes to the other zones in proportion to their healthy weight.
/// In each failover group by itself. Does nothing where nobody healthy is known to be in the own zone: then all zones are used alike.
/// </summary>
internal sealed class ZoneFilter(string own) : IEndpointFilter
{
    // Below it, rounding would change the share by more than a fortieth.
    private const int LeastExact = 20;

    public string Name => "zone";

    public ImmutableArray<BalancedEndpoint> Apply(ImmutableArray<BalancedEndpoint> candidates, FilterContext context)
    {
        List<ZoneShares> groups = [];
        foreach (var candidate in candidates)
        {
            if (IsHealthy(candidate, context.Health.IsPanicking))
                Of(groups, candidate.Endpoint.Priority).Add(candidate.Endpoint.Zone, candidate.Weight);
        }

        var splits = new Split[groups.Count];
        var changes = false;
        for (var i = 0; i < splits.Length; i++)
        {
            splits[i] = new Split(groups[i].Priority, groups[i].Split(own));
            changes |= splits[i].Zones != ZoneSplit.None;
            if (context.Listener is { } listener)
                listener.Noted(this, Note(splits[i], groups.Count > 1));
        }

        return changes ? Scale(candidates, splits, context) : candidates;
    }

    private ImmutableArray<BalancedEndpoint> Scale(ImmutableArray<BalancedEndpoint> candidates, Split[] splits, FilterContext context)
    {
        var left = ImmutableArray.CreateBuilder<BalancedEndpoint>(candidates.Length);
        List<BalancedEndpoint> spares = [];
        foreach (var candidate in candidates)
        {
            if (Find(splits, candidate.Endpoint.Priority) is not { } split || candidate.Weight <= 0)
            {
                left.Add(candidate);
                continue;
            }

            var isOwn = IsOwn(candidate);
            var weight = split.Scale(candidate.Weight, isOwn);
            if (weight > 0)
            {
                left.Add(candidate.WithWeight(weight));
                continue;
            }

            // For requests that find the own zone dead before it is known to be: there must be somebody else to try.
            if (IsHealthy(candidate, usesEjected: false))
                spares.Add(candidate);
            context.Listener?.Excluded(this, candidate, Why(candidate, split, isOwn));
        }

        context.Spare(spares);
        return left.DrainToImmutable();
    }

    private static Split? Find(Split[] splits, int priority)
    {
        foreach (var split in splits)
        {
            if (split.Priority == priority)
                return split;
        }

        return null;
    }

    private bool IsOwn(BalancedEndpoint candidate) => string.Equals(candidate.Endpoint.Zone, own, StringComparison.Ordinal);

    private static bool IsHealthy(BalancedEndpoint candidate, bool usesEjected) =>
        candidate.Endpoint.State == EndpointState.Ready
        && candidate.Weight > 0
        && (Volatile.Read(ref candidate.Load.Avoidance) is not { } avoidance || (usesEjected && avoidance.IsEjection));

    private static ZoneShares Of(List<ZoneShares> groups, int priority)
    {
        foreach (var group in groups)
        {
            if (group.Priority == priority)
                return group;
        }

        groups.Add(new ZoneShares(priority));
        return groups[^1];
    }

    private string Why(BalancedEndpoint candidate, Split split, bool isOwn)
    {
        var zone = candidate.Endpoint.Zone is { } name ? $"in zone {name}" : "in no known zone";
        return split.Zones.Kept >= 1 && !isOwn ? $"{zone}; all stays in {own}" : $"{zone}, and its part of the weight rounds to nothing";
    }

    private string Note(Split split, bool named)
    {
        var group = named ? string.Create(CultureInfo.InvariantCulture, $"Failover group {split.Priority}: ") : "";
        var note = split.Zones == ZoneSplit.None
            ? $"all zones are used alike, because no other than {own}, or nobody healthy in {own}, is known"
            : string.Create(CultureInfo.InvariantCulture, $"{split.Zones.Kept * 100:0.#} % stays in zone {own}");
        return $"{group}{note}.";
    }

    private sealed class Split(int priority, ZoneSplit zones)
    {
        private double _carried;

        public int Priority => priority;

        public ZoneSplit Zones => zones;

        // Of very small weights the fractions are carried on from one endpoint to the next, so that together they have their part.
        public int Scale(int weight, bool isOwn)
        {
            var factor = isOwn ? zones.OwnFactor : zones.OtherFactor;
            if (factor >= 1)
                return weight;
            var exact = weight * factor;
            if (exact >= LeastExact)
                return (int)Math.Round(exact);
            _carried += exact;
            var whole = (int)_carried;
            _carried -= whole;
            return whole;
        }
    }
}
