using System.Net;

namespace Rollcall.TestKube.Controllers;

/// <summary>How the stand-ins for the cluster's controllers behave.</summary>
public sealed record ClusterOptions
{
    /// <summary>Addresses of pods are taken from here in order. Default: 10.244.0.0/16.</summary>
    public IPNetwork PodNetwork { get; init; } = IPNetwork.Parse("10.244.0.0/16");

    /// <summary>From being created to being ready. Default: 1 s.</summary>
    public TimeSpan StartTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>From being told to end to being gone, at most the grace period. Default: 1 s.</summary>
    public TimeSpan StopTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Endpoints a slice, at most. Default: 100, the controller's own.</summary>
    public int MaxEndpointsPerSlice { get; init; } = 100;
}
