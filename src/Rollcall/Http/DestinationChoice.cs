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

    /// <summary>Whether another than this one is left that is not avoided, so that it is worth while to give up waiting for this one.</summary>
    public bool HasBetterThan(Destination destination) => Newest().HasAllowed(destination.Endpoint, _tried);

    /// <summary>Where to go next, counted as in flight there; null when there is nowhere, or no room.</summary>
    /// <param name="turn">How many tries came before.</param>
    /// <param name="isBeside">True for a try beside another, which is only worth while where it may be expected to go well.</param>
    /// <param name="mayRevisit">Asked when it was everywhere that is not avoided: whether it may go where it was before. Null: it may not.</param>
    /// <param name="lost">Where it was and found nobody to connect to.</param>
    public Destination? Take(int turn, bool isBeside, Func<bool>? mayRevisit, TriedEndpoints? lost)
    {
        var current = Newest();
        TriedEndpoints? full = null;
        var context = affinity with { Turn = turn };
        while (current.Problem is null)
        {
            if (Next(current, context, full, isBeside, mayRevisit, lost) is not { } destination)
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

    // Better to wait for room where it may be expected to go well than to go where it may not.
    private Destination? Next(Selection<Destination> current, in PickContext context, TriedEndpoints? full, bool isBeside, Func<bool>? mayRevisit, TriedEndpoints? lost)
    {
        if (full is not null || isBeside)
            return current.PickAllowed(context, full ?? _tried);
        if (_tried.Count == 0)
            return (session is { } idHash ? Destination.Find(current, idHash) : null) ?? current.Pick(context, null);
        if (mayRevisit is null)
            return current.Pick(context, _tried);

        // Where a connection was lost, asking once more helps more often than asking one that is known to be bad.
        if (current.PickAllowed(context, _tried) is { } other)
            return other;
        return mayRevisit() ? current.PickAllowed(context, lost) ?? current.Pick(context, _tried) ?? current.Pick(context, lost) : current.Pick(context, _tried);
    }
}
