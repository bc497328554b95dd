namespace Rollcall.Balancing;

/// <summary>Where one request was tried in vain. Not thread-safe.</summary>
internal sealed class TriedEndpoints
{
    private readonly List<EndpointLoad> _tried = [];

    public void Add(BalancedEndpoint endpoint) => _tried.Add(endpoint.Load);

    // The same endpoint is another object in another snapshot; what is learned of it is one.
    public bool Contains(BalancedEndpoint endpoint) => _tried.Contains(endpoint.Load);
}
