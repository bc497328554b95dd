using System.Collections.Immutable;

namespace Rollcall.Balancing;

/// <summary>Which endpoints of a snapshot may be sent new work. Decided once per change, so that a pick need not ask.</summary>
public static class Candidates
{
    /// <summary>
    /// Those that are ready; when none is, those that are not draining; when all are, those. Of these, the first failover group
    /// (<see cref="Endpoint.Priority"/>). Of these, the ones with a weight above 0, unless none has. Empty only when <paramref name="endpoints"/> is.
    /// The order is kept.
    /// </summary>
    public static ImmutableArray<BalancedEndpoint> Choose(ImmutableArray<BalancedEndpoint> endpoints) =>
        Groups(endpoints) is [var first, ..] ? first : [];

    /// <summary>As <see cref="Choose"/>, with the other failover groups behind the first, for when none of that one can be reached.</summary>
    public static ImmutableArray<ImmutableArray<BalancedEndpoint>> Groups(ImmutableArray<BalancedEndpoint> endpoints)
    {
        var chosen = endpoints.RemoveAll(static endpoint => endpoint.Endpoint.State != EndpointState.Ready);
        if (chosen.IsEmpty)
            chosen = endpoints.RemoveAll(static endpoint => endpoint.Endpoint.State == EndpointState.Draining);
        if (chosen.IsEmpty)
            chosen = endpoints;
        return [.. chosen
            .GroupBy(static endpoint => endpoint.Endpoint.Priority)
            .OrderBy(static group => group.Key)
            .Select(static group => WithWeight([.. group]))];
    }

    private static ImmutableArray<BalancedEndpoint> WithWeight(ImmutableArray<BalancedEndpoint> group)
    {
        var weighted = group.RemoveAll(static endpoint => endpoint.Weight <= 0);
        return weighted.IsEmpty ? group : weighted;
    }
}
