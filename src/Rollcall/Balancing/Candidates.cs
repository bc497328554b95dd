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
    public static ImmutableArray<ImmutableArray<BalancedEndpoint>> Groups(ImmutableArray<BalancedEndpoint> endpoints) => Split(Usable(endpoints));

    /// <summary>The endpoints of all failover groups together, in their order.</summary>
    internal static ImmutableArray<BalancedEndpoint> Usable(ImmutableArray<BalancedEndpoint> endpoints)
    {
        var chosen = endpoints.RemoveAll(static endpoint => endpoint.Endpoint.State != EndpointState.Ready);
        if (chosen.IsEmpty)
            chosen = endpoints.RemoveAll(static endpoint => endpoint.Endpoint.State == EndpointState.Draining);
        if (chosen.IsEmpty)
            chosen = endpoints;

        // Weight 0 means never, but for a group in which nobody has another.
        var weighted = chosen.RemoveAll(static endpoint => endpoint.Weight <= 0);
        if (weighted.Length == chosen.Length)
            return chosen;
        HashSet<int> priorities = [.. weighted.Select(static endpoint => endpoint.Endpoint.Priority)];
        return chosen.RemoveAll(endpoint => endpoint.Weight <= 0 && priorities.Contains(endpoint.Endpoint.Priority));
    }

    /// <summary>The failover groups of endpoints that <see cref="Usable"/> has chosen.</summary>
    internal static ImmutableArray<ImmutableArray<BalancedEndpoint>> Split(ImmutableArray<BalancedEndpoint> usable)
    {
        if (usable.IsEmpty)
            return [];
        if (IsOneGroup(usable))
            return [usable];
        return [.. usable
            .GroupBy(static endpoint => endpoint.Endpoint.Priority)
            .OrderBy(static group => group.Key)
            .Select(static group => group.ToImmutableArray())];
    }

    private static bool IsOneGroup(ImmutableArray<BalancedEndpoint> endpoints)
    {
        var priority = endpoints[0].Endpoint.Priority;
        foreach (var endpoint in endpoints)
        {
            if (endpoint.Endpoint.Priority != priority)
                return false;
        }

        return true;
    }
}
