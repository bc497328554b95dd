using Rollcall.Balancing;

namespace Rollcall.Http;

/// <summary>An endpoint as a request sees it: with scheme, host and port ready to be put before a path.</summary>
internal sealed record Destination(BalancedEndpoint Endpoint, string Authority) : ISelectable
{
    /// <summary>Stands for the endpoint's id, hence outlives a change of its address.</summary>
    public ulong IdHash { get; } = HashOf(Endpoint.Endpoint);

    public static ulong HashOf(Endpoint endpoint) => KeyHash.Of(endpoint.Id);

    /// <summary>The endpoint of an <see cref="IdHash"/> while it may be sent requests; else null.</summary>
    public static Destination? Find(Selection<Destination> table, ulong idHash) =>
        table.FindAllowed(idHash, static (destination, idHash) => destination.IdHash == idHash);

    public override string ToString() => $"{Endpoint.Endpoint.Id} ({Authority})";
}
