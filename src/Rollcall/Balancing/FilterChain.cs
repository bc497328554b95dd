using System.Collections.Immutable;

namespace Rollcall.Balancing;

/// <summary>The filters of a selection, in the order in which they are applied.</summary>
internal sealed class FilterChain(ImmutableArray<IEndpointFilter> filters)
{
    /// <summary>The filters that the settings ask for.</summary>
    public static FilterChain Of(BalancingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new([]);
    }

    public ImmutableArray<BalancedEndpoint> Apply(ImmutableArray<BalancedEndpoint> candidates, FilterContext context)
    {
        foreach (var filter in filters)
            candidates = filter.Apply(candidates, context);
        return candidates;
    }
}
