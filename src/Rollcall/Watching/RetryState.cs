using System.Collections.Immutable;

namespace Rollcall.Watching;

/// <summary>
/// The laws of a watch as a state machine: readings and failures go in, snapshots and delays come out. It knows no clock, task or logger.
/// </summary>
internal sealed class RetryState(ServiceTarget target, Backoff backoff, Random random)
{
    private EndpointSet? _last;
    private int _failures;

    /// <summary>The snapshot this reading becomes; null when it says nothing new.</summary>
    /// <exception cref="DiscoveryException">The reading contradicts itself.</exception>
    public EndpointSet? OnReading(in Reading reading)
    {
        var endpoints = Ordered(reading.Endpoints);
        _failures = 0;
        var snapshot = EndpointSet.OfOrdered(target, endpoints, (_last?.Revision ?? 0) + 1, reading.ObservedAt, reading.Freshness);
        return snapshot.SameContent(_last) ? null : _last = snapshot;
    }

    /// <summary>
    /// The one stale snapshot on the way down (null when there is no state yet or it is not live any more), and how long to wait before the next attempt.
    /// </summary>
    public (EndpointSet? Snapshot, TimeSpan Delay) OnFailure(string reason)
    {
        // An attempt that never succeeds must not overflow the count; the delay has long reached its cap by then.
        _failures = Math.Min(_failures + 1, 1000);
        var delay = backoff.Delay(_failures, random);
        if (_last is null || _last.Freshness.Kind == FreshnessKind.Stale)
            return (null, delay);
        _last = EndpointSet.OfOrdered(target, _last.Endpoints, _last.Revision + 1, _last.ObservedAt, Freshness.Stale(reason));
        return (_last, delay);
    }

    private ImmutableArray<Endpoint> Ordered(ImmutableArray<Endpoint> endpoints)
    {
        if (endpoints.IsDefault)
            throw new DiscoveryException($"The source of {target} delivered no list at all; an absent service is an empty list.");
        // Most sources keep them in order: looking is one pass, which finds twins as well; sorting ten thousand is not.
        if (IsAscending(endpoints))
            return endpoints;
        var ordered = endpoints.Sort(static (a, b) => string.CompareOrdinal(a.Id, b.Id));
        for (var i = 1; i < ordered.Length; i++)
        {
            if (string.Equals(ordered[i - 1].Id, ordered[i].Id, StringComparison.Ordinal))
                throw new DiscoveryException($"The source of {target} names the endpoint '{ordered[i].Id}' twice; ids must be unique inside a service.");
        }

        return ordered;
    }

    private static bool IsAscending(ImmutableArray<Endpoint> endpoints)
    {
        for (var i = 1; i < endpoints.Length; i++)
        {
            if (string.CompareOrdinal(endpoints[i - 1].Id, endpoints[i].Id) >= 0)
                return false;
        }

        return true;
    }
}
