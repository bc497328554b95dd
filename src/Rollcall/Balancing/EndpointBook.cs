using System.Collections.Immutable;

namespace Rollcall.Balancing;

/// <summary>
/// What a process has learned of the endpoints of one target, shared by everyone who sends to them. Follows the snapshots: an endpoint that stays
/// keeps what was learned of it, one that has left is forgotten. Thread-safe; the lock is taken on change only.
/// </summary>
internal sealed class EndpointBook
{
    private readonly Lock _gate = new();
    private EndpointSet? _set;
    private ImmutableArray<BalancedEndpoint> _endpoints = [];

    /// <summary>The endpoints of a snapshot, in its order, with what is known of each. Several followers of one watch get the same objects.</summary>
    public ImmutableArray<BalancedEndpoint> Read(EndpointSet set)
    {
        lock (_gate)
        {
            if (ReferenceEquals(set, _set))
                return _endpoints;
            var endpoints = Merge(set.Endpoints, _endpoints);

            // A follower that lags behind must not make the book forget who has joined since.
            if (_set is not null && set.Revision < _set.Revision)
                return endpoints;
            _set = set;
            return _endpoints = endpoints;
        }
    }

    // Both are in order of id, so that one pass over the two finds every pair.
    private static ImmutableArray<BalancedEndpoint> Merge(ImmutableArray<Endpoint> now, ImmutableArray<BalancedEndpoint> before)
    {
        var merged = ImmutableArray.CreateBuilder<BalancedEndpoint>(now.Length);
        var old = 0;
        foreach (var endpoint in now)
        {
            while (old < before.Length && string.CompareOrdinal(before[old].Endpoint.Id, endpoint.Id) < 0)
                old++;
            if (old == before.Length || before[old].Endpoint.Id != endpoint.Id)
                merged.Add(new BalancedEndpoint(endpoint));
            else
                merged.Add(before[old].Endpoint == endpoint ? before[old] : Changed(before[old], endpoint));
        }

        return merged.MoveToImmutable();
    }

    // The source has news of it, such as another address or that it is ready again: what was held against it may be out of date.
    private static BalancedEndpoint Changed(BalancedEndpoint before, Endpoint now)
    {
        Suspicion.Forget(before);
        return before.With(now);
    }
}
