using System.Collections.Immutable;
using Rollcall.Gateway.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace Rollcall.Gateway.Forwarding;

/// <summary>A route as requests see it: everything they need resolved. Immutable; a changed route is a new one.</summary>
internal sealed class RunningRoute(GatewayRouteConfig config, ImmutableArray<RunningSplit> splits)
{
    public GatewayRouteConfig Config => config;

    public string Name => config.Name;

    public ImmutableArray<RunningSplit> Splits => splits;

    /// <summary>How long a request may take in all; null for no limit.</summary>
    public TimeSpan? Timeout => config.Timeout;
}

/// <summary>One version of a route.</summary>
/// <param name="Config">As the file has it.</param>
/// <param name="Cluster">Where its requests go.</param>
/// <param name="RequestConfig">How they are forwarded.</param>
internal sealed record RunningSplit(SplitConfig Config, ClusterClient Cluster, ForwarderRequestConfig RequestConfig);
