using Rollcall.Balancing;

namespace Rollcall.Pooling;

/// <summary>Where one caller's connection could not be opened, and why.</summary>
internal sealed class FailedConnects
{
    /// <summary>A service may have thousands of endpoints; who has tried so many has learned enough.</summary>
    public const int Max = 16;

    private readonly List<(Endpoint Endpoint, Exception Error)> _all = [];

    public TriedEndpoints Endpoints { get; } = new();

    public int Count => _all.Count;

    public Exception Last => _all[^1].Error;

    public void Add(BalancedEndpoint endpoint, Exception error)
    {
        Endpoints.Add(endpoint);
        _all.Add((endpoint.Endpoint, error));
    }

    public override string ToString() =>
        string.Join("; ", _all.Select(static item => $"{item.Endpoint.Id} ({item.Endpoint.Host}): {item.Error.GetBaseException().Message}"));
}
