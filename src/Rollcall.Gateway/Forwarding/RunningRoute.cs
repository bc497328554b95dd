using System.Collections.Immutable;
using Rollcall.Gateway.Configuration;
using Rollcall.Gateway.Mirroring;
using Rollcall.Gateway.Requests;
using Rollcall.Gateway.Statistics;
using Yarp.ReverseProxy.Forwarder;

namespace Rollcall.Gateway.Forwarding;

/// <summary>A route as requests see it: everything they need resolved. A changed route is a new one.</summary>
internal sealed class RunningRoute(GatewayRouteConfig config, ImmutableArray<RunningSplit> splits, RouteMirror? mirror, RouteState state)
{
    public GatewayRouteConfig Config => config;

    public string Name => config.Name;

    public ImmutableArray<RunningSplit> Splits => splits;

    /// <summary>Where copies of its requests go; null for nowhere.</summary>
    public RouteMirror? Mirror => mirror;

    /// <summary>What changes with its traffic.</summary>
    public RouteState State => state;

    /// <summary>How long a request may take in all; null for no limit.</summary>
    public TimeSpan? Timeout => config.Timeout;

    /// <summary>The index of a version by <see cref="SessionCookie.HashOf"/>; -1 when there is none.</summary>
    public int FindVersion(ulong hash)
    {
        for (var i = 0; i < splits.Length; i++)
        {
            if (SessionCookie.HashOf(splits[i].Config.Version) == hash)
                return i;
        }

        return -1;
    }

    /// <summary>What became of the requests of a version; null when there is none of that name.</summary>
    public TrafficStatistics? StatisticsOf(string version)
    {
        for (var i = 0; i < splits.Length; i++)
        {
            if (string.Equals(splits[i].Config.Version, version, StringComparison.Ordinal))
                return state.Versions[i];
        }

        return null;
    }
}

/// <summary>One version of a route.</summary>
/// <param name="Config">As the file has it.</param>
/// <param name="Cluster">Where its requests go.</param>
/// <param name="RequestConfig">How they are forwarded.</param>
/// <param name="Durations">How long they take.</param>
internal sealed record RunningSplit(SplitConfig Config, ClusterClient Cluster, ForwarderRequestConfig RequestConfig, VersionDurations Durations);
