using System.Collections.Immutable;

namespace Rollcall.Balancing;

/// <summary>Which endpoints of a snapshot may be sent new work. Decided once per change, so that a pick need not ask.</summary>
public static class Candidates
{
    /// <summary>
    /// Those that are ready; when none is, those that are not draining; when all are, those. Of these, the ones with a weight above 0,
    /// unless none has. Empty only when <paramref name="endpoints"/> is. The order is kept.
    /// </summary>
    public static ImmutableArray<BalancedEndpoint> Choose(ImmutableArray<BalancedEndpoint> endpoints)
    {
        var chosen = endpoints.RemoveAll(static endpoint => endpoint.Endpoint.State != EndpointState.Ready);
        if (chosen.IsEmpty)
            chosen = endpoints.RemoveAll(static endpoint => endpoint.Endpoint.State == EndpointState.Draining);
        if (chosen.IsEmpty)
            chosen = endpoints;
        var weighted = chosen.RemoveAll(static endpoint => endpoint.Endpoint.Weight <= 0);
        return weighted.IsEmpty ? chosen : weighted;
    }
}
