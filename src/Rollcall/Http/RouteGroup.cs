using System.Collections.Immutable;
using Rollcall.Balancing;

namespace Rollcall.Http;

/// <summary>The destinations of one failover group and what picks among them. Immutable but for the picker's own place in its cycle.</summary>
internal sealed class RouteGroup
{
    private readonly ImmutableArray<Destination> _destinations;
    private readonly IEndpointPicker _picker;

    public RouteGroup(ImmutableArray<Destination> destinations, IBalancer balancer, RouteGroup? before)
    {
        _destinations = destinations;

        // A change that leaves the choice as it was, such as another freshness, must not start the cycle anew.
        _picker = before is not null && destinations.AsSpan().SequenceEqual(before._destinations.AsSpan())
            ? before._picker
            : balancer.CreatePicker([.. destinations.Select(static destination => destination.Endpoint)]);
    }

    /// <summary>How many there are to choose among.</summary>
    public int Count => _destinations.Length;

    /// <summary>The policy's choice, tried or not, avoided or not.</summary>
    public Destination Pick() => _destinations[_picker.Pick()];

    /// <summary>One that was not tried yet and is not avoided; null when there is none.</summary>
    public Destination? PickAllowed(Suspicion suspicion, FailedTries? failed)
    {
        // The policy gets a few more turns, so that what the avoided one does not get is shared out; then the first that will do.
        const int MaxTurns = 4;
        var (at, turns) = (0, Math.Min(MaxTurns, _destinations.Length - 1));
        for (var turn = 0; turn < turns; turn++)
        {
            at = _picker.Pick();
            if (IsUntried(_destinations[at], failed) && suspicion.Allows(_destinations[at].Endpoint))
                return _destinations[at];
        }

        for (var i = 0; i < _destinations.Length; i++)
        {
            var destination = _destinations[(at + i) % _destinations.Length];
            if (IsUntried(destination, failed) && suspicion.Allows(destination.Endpoint))
                return destination;
        }

        return null;
    }

    /// <summary>One that was not tried yet, avoided or not; null when there is none.</summary>
    public Destination? PickUntried(FailedTries? failed)
    {
        var at = _picker.Pick();
        for (var i = 0; i < _destinations.Length; i++)
        {
            var destination = _destinations[(at + i) % _destinations.Length];
            if (IsUntried(destination, failed))
                return destination;
        }

        return null;
    }

    private static bool IsUntried(Destination destination, FailedTries? failed) => failed is null || !failed.Contains(destination.Endpoint);
}
