using System.Globalization;
using Rollcall.RoutingLoad.Servers;

namespace Rollcall.RoutingLoad.Suites;

/// <summary>Five back ends of which one is twenty times slower than the others.</summary>
internal sealed class SlowFleet(Programs programs) : IAsyncDisposable
{
    // Short, so that twenty times as much is below the latency from which endpoints are ejected as too slow: then nobody would be sent to it, whatever the policy.
    public static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(2);

    public static readonly TimeSpan Slow = 20 * Usual;

    private readonly DelayedBackend[] _backends =
        [.. Enumerable.Range(0, 5).Select(i => new DelayedBackend(programs.Backend, programs.DataOf(string.Create(CultureInfo.InvariantCulture, $"slow-{i}")), i == 0 ? Slow : Usual))];

    public IReadOnlyList<int> Ports => [.. _backends.Select(static backend => backend.Port)];

    public static async Task<SlowFleet> StartAsync(Programs programs, CancellationToken cancellationToken)
    {
        var fleet = new SlowFleet(programs);
        await Task.WhenAll(fleet._backends.Select(backend => backend.StartAsync(cancellationToken)));
        return fleet;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var backend in _backends)
            await backend.DisposeAsync();
    }
}
