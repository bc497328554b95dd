using Rollcall.Balancing;

namespace Rollcall.Http;

/// <summary>Where one request may go: the endpoints of the newest snapshot, those where it has not been first. Not thread-safe.</summary>
/// <param name="route">The way to the service.</param>
/// <param name="table">The snapshot that the request began with.</param>
/// <param name="affinity">What it has affinity to.</param>
/// <param name="session">The endpoint that it belongs to, by its <see cref="Destination.IdHash"/>, where it goes first; null for none.</param>
/// <param name="maxRequestsPerEndpoint">With how many in flight an endpoint is passed over; zero for any number.</param>
internal sealed class DestinationChoice(ServiceRoute route, Selection<Destination> table, PickContext affinity, ulong? session, int maxRequestsPerEndpoint)
{
    private readonly TriedEndpoints _tried = new();
    private Selection<Destination> _table = table;

    /// <summary>At how many endpoints it was or is.</summary>
    public int Tried => _tried.Count;

    /// <summary>Whether there may be one where it has not been.</summary>
    public bool HasUntried => _tried.Count < Newest().Count;

    /// <summary>The newest snapshot.</summary>
    public Selection<Destination> Newest() => _table = route.Current ?? _table;

    /// <summary>It was there.</summary>
    public void Add(Destination destination) => _tried.Add(destination.Endpoint);

    /// <summary>Where to go next, counted as in flight there; null when there is nowhere.</summary>
    /// <param name="turn">How many tries came before.</param>
    /// <param name="mayRevisit">Whether, when it was everywhere, it may go where it was before.</param>
    public Destination? Take(int turn, bool mayRevisit)
    {
        var current = Newest();
        TriedEndpoints? full = null;
        var context = affinity with { Turn = turn };
        while (current.Problem is null)
        {
            var passed = full ?? (_tried.Count == 0 ? null : _tried);
            var own = passed is null && session is { } idHash ? Destination.Find(current, idHash) : null;
            if ((own ?? current.Pick(context, passed) ?? (full is null && mayRevisit ? current.PickAny(context) : null)) is not { } destination)
                return null;
            if (maxRequestsPerEndpoint == 0)
                destination.Endpoint.Begin();
            if (maxRequestsPerEndpoint == 0 || destination.Endpoint.TryBegin(maxRequestsPerEndpoint))
            {
                Add(destination);
                return destination;
            }

            (full ??= new TriedEndpoints(_tried)).Add(destination.Endpoint);
        }

        return null;
    }
}
