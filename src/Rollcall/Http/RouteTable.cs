using System.Collections.Immutable;
using Rollcall.Balancing;

namespace Rollcall.Http;

/// <summary>One snapshot of a service, made ready to pick from. Immutable but for the picker's own place in its cycle.</summary>
internal sealed class RouteTable
{
    private readonly ImmutableArray<RouteGroup> _groups;

    private RouteTable(EndpointSet set, ImmutableArray<RouteGroup> groups, string? problem)
    {
        Set = set;
        _groups = groups;
        Count = groups.Sum(static group => group.Count);
        Problem = problem;
    }

    public EndpointSet Set { get; }

    /// <summary>How many there are to choose among.</summary>
    public int Count { get; }

    /// <summary>Why there is nothing to pick; null when there is.</summary>
    public string? Problem { get; }

    public static RouteTable Build(
        EndpointSet set, ImmutableArray<BalancedEndpoint> endpoints, PortRule ports, IBalancer balancer, RouteTable? before)
    {
        if (endpoints.IsEmpty)
            return new(set, [], "no endpoint is known");

        // The port first: an endpoint that does not have it is no candidate, however ready it is.
        var authorities = new Dictionary<BalancedEndpoint, string>(ReferenceEqualityComparer.Instance);
        foreach (var endpoint in endpoints)
        {
            if (ports.Authority(endpoint.Endpoint) is { } authority)
                authorities.TryAdd(endpoint, authority);
        }

        var candidates = Candidates.Groups(endpoints.RemoveAll(endpoint => !authorities.ContainsKey(endpoint)));
        if (candidates.IsEmpty)
            return new(set, [], ports.Explain(set.Endpoints));
        var groups = candidates.Select((group, index) => new RouteGroup(
            [.. group.Select(endpoint => new Destination(endpoint, authorities[endpoint]))], balancer, before?._groups.ElementAtOrDefault(index)));
        return new(set, [.. groups], null);
    }

    /// <summary>
    /// The next destination that was not tried yet, if possible one that is not avoided, of the first failover group that has one; null when every one was
    /// tried. Only for a table without a <see cref="Problem"/>.
    /// </summary>
    public Destination? Pick(Suspicion suspicion, FailedTries? failed)
    {
        if (failed is null)
        {
            var first = _groups[0].Pick();
            if (suspicion.Allows(first.Endpoint))
                return first;
        }

        foreach (var group in _groups)
        {
            if (group.PickAllowed(suspicion, failed) is { } allowed)
                return allowed;
        }

        foreach (var group in _groups)
        {
            if (group.PickUntried(failed) is { } avoided)
                return avoided;
        }

        return null;
    }

    /// <summary>The next destination, tried or not, avoided or not.</summary>
    public Destination PickAny() => _groups[0].Pick();
}
