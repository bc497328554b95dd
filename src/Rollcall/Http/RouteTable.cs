using System.Collections.Immutable;
using Rollcall.Balancing;

namespace Rollcall.Http;

/// <summary>One snapshot of a service, made ready to pick from. Immutable but for the picker's own place in its cycle.</summary>
internal sealed class RouteTable
{
    private readonly ImmutableArray<Destination> _destinations;
    private readonly IEndpointPicker? _picker;

    private RouteTable(EndpointSet set, ImmutableArray<Destination> destinations, IEndpointPicker? picker, string? problem)
    {
        Set = set;
        _destinations = destinations;
        _picker = picker;
        Problem = problem;
    }

    public EndpointSet Set { get; }

    /// <summary>How many there are to choose among.</summary>
    public int Count => _destinations.Length;

    /// <summary>Why there is nothing to pick; null when there is.</summary>
    public string? Problem { get; }

    public static RouteTable Build(
        EndpointSet set, ImmutableArray<BalancedEndpoint> endpoints, PortRule ports, IBalancer balancer, RouteTable? before)
    {
        if (endpoints.IsEmpty)
            return new(set, [], null, "no endpoint is known");

        // The port first: an endpoint that does not have it is no candidate, however ready it is.
        var authorities = new Dictionary<BalancedEndpoint, string>(ReferenceEqualityComparer.Instance);
        foreach (var endpoint in endpoints)
        {
            if (ports.Authority(endpoint.Endpoint) is { } authority)
                authorities.TryAdd(endpoint, authority);
        }

        var candidates = Candidates.Choose(endpoints.RemoveAll(endpoint => !authorities.ContainsKey(endpoint)));
        if (candidates.IsEmpty)
            return new(set, [], null, ports.Explain(set.Endpoints));
        var destinations = candidates.Select(endpoint => new Destination(endpoint, authorities[endpoint])).ToImmutableArray();

        // A change that leaves the choice as it was, such as another freshness, must not start the cycle anew.
        var picker = before?._picker is { } same && destinations.AsSpan().SequenceEqual(before._destinations.AsSpan())
            ? same
            : balancer.CreatePicker(candidates.AsSpan());
        return new(set, destinations, picker, null);
    }

    /// <summary>
    /// The next destination that was not tried yet, if possible one that is not avoided; null when every one was tried.
    /// Only for a table without a <see cref="Problem"/>.
    /// </summary>
    public Destination? Pick(Suspicion suspicion, FailedTries? failed)
    {
        var first = _destinations[_picker!.Pick()];
        return failed is null && suspicion.Allows(first.Endpoint) ? first : PickAnother(suspicion, failed);
    }

    /// <summary>The next destination, tried or not, avoided or not.</summary>
    public Destination PickAny() => _destinations[_picker!.Pick()];

    private Destination? PickAnother(Suspicion suspicion, FailedTries? failed)
    {
        // The policy gets a few more turns, so that what the avoided one does not get is shared out; then the first that will do.
        const int Turns = 4;
        var at = 0;
        for (var turn = 0; turn < Turns; turn++)
        {
            at = _picker!.Pick();
            var destination = _destinations[at];
            if (!WasTried(destination) && suspicion.Allows(destination.Endpoint))
                return destination;
        }

        Destination? avoided = null;
        for (var i = 0; i < _destinations.Length; i++)
        {
            var destination = _destinations[(at + i) % _destinations.Length];
            if (WasTried(destination))
                continue;
            if (suspicion.Allows(destination.Endpoint))
                return destination;
            avoided ??= destination;
        }

        return avoided;

        bool WasTried(Destination destination) => failed is not null && failed.Contains(destination.Endpoint);
    }
}
