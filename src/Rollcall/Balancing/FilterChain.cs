using System.Collections.Immutable;

namespace Rollcall.Balancing;

/// <summary>The filters of a selection, in the order in which they are applied. Stateless: what has to be remembered of an endpoint is in its load.</summary>
internal sealed class FilterChain(ImmutableArray<IEndpointFilter> filters)
{
    public ImmutableArray<IEndpointFilter> Filters => filters;

    /// <summary>The filters that the settings ask for.</summary>
    /// <remarks>
    /// Labels first, for all else is about those that have them. Slow start before zones, so that a zone counts for what its endpoints can carry at present; zones before the
    /// aperture, which takes its part of each. Readiness last: every filter counts only those that are ready, and when nobody is, none of them may stand in the way.
    /// </remarks>
    public static FilterChain Of(BalancingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var filters = ImmutableArray.CreateBuilder<IEndpointFilter>();
        if (settings.Subset.Count > 0)
            filters.Add(new SubsetFilter(settings.Subset));
        if (settings.SlowStart is { } slowStart)
            filters.Add(new SlowStartFilter(slowStart));
        if (settings.PreferredZone is { } zone)
            filters.Add(new ZoneFilter(zone));
        if (settings.Aperture is { } aperture)
            filters.Add(new ApertureFilter(aperture, byZone: settings.PreferredZone is not null));
        filters.Add(new ReadyFilter());
        return new(filters.DrainToImmutable());
    }

    public ImmutableArray<BalancedEndpoint> Apply(ImmutableArray<BalancedEndpoint> candidates, FilterContext context)
    {
        foreach (var filter in filters)
        {
            var left = filter.Apply(candidates, context);
            context.Listener?.Applied(filter, candidates.Length, left.Length);
            candidates = left;
        }

        return candidates;
    }
}
