using System.Collections.Frozen;
using System.Collections.Immutable;
using Rollcall.Gateway.Configuration;
using Rollcall.Gateway.Limiting;

namespace Rollcall.Gateway.Forwarding;

/// <summary>A configuration in use. Immutable.</summary>
internal sealed class GatewayModel(GatewayConfig config, ImmutableArray<RunningRoute> routes, ImmutableSortedDictionary<string, ClusterClient> clusters, OverloadGate? overload)
{
    private readonly FrozenDictionary<string, RunningRoute> _byName = routes.ToFrozenDictionary(static route => route.Name, StringComparer.Ordinal);

    public GatewayConfig Config => config;

    public ImmutableArray<RunningRoute> Routes => routes;

    /// <summary>By name.</summary>
    public ImmutableSortedDictionary<string, ClusterClient> Clusters => clusters;

    /// <summary>How much the gateway takes on at once; null for any number.</summary>
    public OverloadGate? Overload => overload;

    public RunningRoute? Find(string name) => _byName.GetValueOrDefault(name);
}
