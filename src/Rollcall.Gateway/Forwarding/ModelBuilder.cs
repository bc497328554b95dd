using System.Collections.Immutable;
using Rollcall.Balancing;
using Rollcall.Gateway.Configuration;
using Rollcall.Gateway.Limiting;
using Rollcall.Gateway.Mirroring;
using Rollcall.Gateway.Statistics;
using Rollcall.Http;

namespace Rollcall.Gateway.Forwarding;

/// <summary>Makes what runs of what was configured. What has not changed stays the very same, with its watches, connections and counters.</summary>
internal sealed class ModelBuilder(ClientContext context, SelectorFactory selectors, RequestDurations durations, TimeProvider time) : IDisposable
{
    // An answer that nobody waits for may be late, but not for ever.
    private static readonly TimeSpan MaxMirrorTime = TimeSpan.FromSeconds(30);

    private readonly Dictionary<TransportSettings, Transport> _transports = [];

    /// <param name="config">What to make it of.</param>
    /// <param name="before">What runs now; null at start.</param>
    /// <exception cref="ArgumentException">A cluster cannot be made; nothing is left behind.</exception>
    public GatewayModel Build(GatewayConfig config, GatewayModel? before)
    {
        var made = new List<ClusterClient>();
        try
        {
            var clusters = ImmutableSortedDictionary.CreateBuilder<string, ClusterClient>(StringComparer.Ordinal);
            foreach (var (name, cluster) in config.Clusters)
                clusters.Add(name, Same(before, cluster) ?? MakeCluster(cluster));
            return new GatewayModel(config, [.. config.Routes.Select(route => Same(before, route) ?? Make(route, before, clusters))], clusters.ToImmutable(), OverloadOf(config, before));
        }
        catch
        {
            made.ForEach(static cluster => cluster.Dispose());
            throw;
        }

        ClusterClient MakeCluster(GatewayClusterConfig cluster)
        {
            var client = new ClusterClient(cluster, context, selectors, TransportOf(cluster));
            made.Add(client);
            return client;
        }
    }

    private static ClusterClient? Same(GatewayModel? before, GatewayClusterConfig cluster) =>
        before is not null && before.Clusters.TryGetValue(cluster.Name, out var running)
        && string.Equals(running.Config.Fingerprint, cluster.Fingerprint, StringComparison.Ordinal)
            ? running
            : null;

    private static RunningRoute? Same(GatewayModel? before, GatewayRouteConfig route) =>
        before?.Find(route.Name) is { } running && string.Equals(running.Config.Fingerprint, route.Fingerprint, StringComparison.Ordinal) ? running : null;

    private RunningRoute Make(GatewayRouteConfig route, GatewayModel? before, ImmutableSortedDictionary<string, ClusterClient>.Builder clusters)
    {
        var state = RouteState.Make(route, before?.Find(route.Name), time);
        return new(
            route,
            [
                .. route.Splits.Select(split => new RunningSplit(
                    split, clusters[split.Cluster], clusters[split.Cluster].RequestConfig(route.IdleTimeout), durations.Of(route.Name, split.Version))),
            ],
            route.Mirror is { } mirror ? new RouteMirror(mirror, clusters[mirror.Cluster].MirrorTarget, route.Timeout ?? MaxMirrorTime, state.Mirrored, time) : null,
            state);
    }

    // Whoever is inside one that is no more leaves that one.
    private OverloadGate? OverloadOf(GatewayConfig config, GatewayModel? before) =>
        config.Overload is not { } overload ? null : before?.Overload is { } same && same.Config == overload ? same : new OverloadGate(overload, time);

    /// <summary>Gives up the connections that a model has no use for; they are the caller's to dispose of.</summary>
    public Transport[] TakeUnused(GatewayModel model)
    {
        var used = model.Clusters.Values.Select(static cluster => cluster.Transport).ToHashSet();
        Transport[] unused = [.. _transports.Values.Where(transport => !used.Contains(transport))];
        foreach (var transport in unused)
            _transports.Remove(transport.Settings);
        return unused;
    }

    public void Dispose()
    {
        foreach (var transport in _transports.Values)
            transport.Dispose();
        _transports.Clear();
    }

    private Transport TransportOf(GatewayClusterConfig cluster)
    {
        var settings = TransportSettings.Of(cluster);
        if (!_transports.TryGetValue(settings, out var transport))
            _transports.Add(settings, transport = new Transport(settings, cluster.Tls?.Options, time));
        return transport;
    }
}
