namespace Rollcall.Balancing;

/// <summary>Where one request was tried in vain. Not thread-safe.</summary>
internal sealed class TriedEndpoints
{
    private readonly List<EndpointLoad> _tried;

    public TriedEndpoints() => _tried = [];

    /// <summary>Begins with those of <paramref name="other"/>.</summary>
    public TriedEndpoints(TriedEndpoints other) => _tried = [.. other._tried];

    /// <summary>How many different ones.</summary>
    public int Count => _tried.Count;

    public void Add(BalancedEndpoint endpoint)
    {
        if (!Contains(endpoint))
            _tried.Add(endpoint.Load);
    }

    // The same endpoint is another object in another snapshot; what is learned of it is one.
    public bool Contains(BalancedEndpoint endpoint) => _tried.Contains(endpoint.Load);
}
