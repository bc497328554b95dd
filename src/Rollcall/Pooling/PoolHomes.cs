using System.Collections.Immutable;

namespace Rollcall.Pooling;

/// <summary>The connections of each endpoint of one snapshot that may be lent. Immutable but for the connections.</summary>
internal sealed class PoolHomes<T>
    where T : class
{
    private readonly Dictionary<string, EndpointConnections<T>> _byId = new(StringComparer.Ordinal);

    /// <summary>All, in order of id.</summary>
    public ImmutableArray<EndpointConnections<T>> All { get; private init; } = [];

    /// <summary>Those of a snapshot: who has stayed where it was keeps its connections.</summary>
    /// <param name="endpoints">The snapshot.</param>
    /// <param name="before">Those before.</param>
    /// <param name="isWanted">Whether an endpoint may be connected to.</param>
    /// <param name="make">Makes the connections of a new one.</param>
    public static PoolHomes<T> Next(
        ImmutableArray<BalancedEndpoint> endpoints, PoolHomes<T>? before, Func<Endpoint, bool> isWanted, Func<BalancedEndpoint, EndpointConnections<T>> make)
    {
        var all = ImmutableArray.CreateBuilder<EndpointConnections<T>>(endpoints.Length);
        foreach (var endpoint in endpoints)
        {
            if (!isWanted(endpoint.Endpoint))
                continue;
            if (before?.Find(endpoint.Endpoint) is { } stays)
                stays.Endpoint = endpoint;
            else
                stays = make(endpoint);
            all.Add(stays);
        }

        var homes = new PoolHomes<T> { All = all.DrainToImmutable() };
        foreach (var home in homes.All)
            homes._byId[home.Endpoint.Endpoint.Id] = home;
        return homes;
    }

    /// <summary>The connections of an endpoint; null when there are none to where it is.</summary>
    public EndpointConnections<T>? Find(Endpoint endpoint) => _byId.TryGetValue(endpoint.Id, out var home) && home.LeadTo(endpoint) ? home : null;

    public bool Has(EndpointConnections<T> home) => _byId.TryGetValue(home.Endpoint.Endpoint.Id, out var found) && ReferenceEquals(found, home);
}
