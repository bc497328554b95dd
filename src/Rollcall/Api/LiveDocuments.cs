using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rollcall.Api;

// Documents of /api/instances: a service as a screen shows it, with everything that is known of each instance in one place.

/// <summary>A service, live.</summary>
public sealed record LiveInstancesDocument
{
    /// <summary>How it is found: <c>registry</c>, <c>kubernetes-endpointslices</c>, <c>kubernetes-endpoints</c>, <c>kubernetes-pods</c>, <c>static</c>, <c>static-fallback</c>, or the scheme of its target.</summary>
    public required string DiscoveryMode { get; init; }

    /// <summary>The same.</summary>
    public required string Mode { get; init; }

    /// <summary>The service.</summary>
    public required string ServiceName { get; init; }

    /// <summary>Its namespace, where the system it is from has such.</summary>
    public string? Namespace { get; init; }

    /// <summary>Revision of its last change.</summary>
    public required long Revision { get; init; }

    /// <summary><c>live</c>, <c>stale</c> or <c>static-fallback</c>.</summary>
    [AllowedValues("live", "stale", "static-fallback")]
    public required string Freshness { get; init; }

    /// <summary>Why it is not live; null when it is.</summary>
    public string? Reason { get; init; }

    /// <summary>When its source last said so (UTC); null for one that is registered here.</summary>
    public DateTimeOffset? ObservedAt { get; init; }

    /// <summary>When anything here last changed (UTC).</summary>
    public required DateTimeOffset LastUpdate { get; init; }

    /// <summary>In the order of their names' file, then of id.</summary>
    public required IReadOnlyList<LiveInstanceDocument> Instances { get; init; }

    /// <summary>How many there are.</summary>
    public required LiveSummaryDocument Summary { get; init; }

    /// <summary>The same.</summary>
    public required LiveSummaryDocument Stats { get; init; }
}

/// <summary>How many instances a service has.</summary>
/// <param name="Total">In any state.</param>
/// <param name="Ready">That may be sent work.</param>
/// <param name="NotReady">That may not.</param>
/// <param name="Degraded">Ready ones of a low score.</param>
/// <param name="LastUpdate">When anything last changed (UTC).</param>
public sealed record LiveSummaryDocument(int Total, int Ready, int NotReady, int Degraded, DateTimeOffset LastUpdate);

/// <summary>An instance, live.</summary>
public sealed record LiveInstanceDocument
{
    /// <summary><c>instance-N</c> of an instance with an ordinal, else its own id.</summary>
    public required string Id { get; init; }

    /// <summary>Its id in the catalog.</summary>
    public required string InstanceId { get; init; }

    /// <summary>Its name for people.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in words.</summary>
    public string? Description { get; init; }

    /// <summary>Its picture: a URL or a character.</summary>
    public string? Icon { get; init; }

    /// <summary>Its place among the others.</summary>
    public int? Order { get; init; }

    /// <summary>What there is to know about it.</summary>
    public string? Notes { get; init; }

    /// <summary>Its pod.</summary>
    public string? PodName { get; init; }

    /// <summary>The name of its machine, as it sees itself.</summary>
    public string? Hostname { get; init; }

    /// <summary><c>ready</c>, <c>degraded</c> (ready, of a low score), <c>booting</c> (not ready), <c>draining</c> or <c>unknown</c>.</summary>
    [AllowedValues("ready", "degraded", "booting", "draining", "unknown")]
    public required string Status { get; init; }

    /// <summary><c>ready</c>, <c>not-ready</c>, <c>draining</c> or <c>unknown</c>.</summary>
    [AllowedValues("ready", "not-ready", "draining", "unknown")]
    public required string State { get; init; }

    /// <summary>Why it is in that state, when there is something to say.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it may be sent work.</summary>
    public required bool Ready { get; init; }

    /// <summary>Always true: what is not there is not listed.</summary>
    public bool Provisioned { get; init; } = true;

    /// <summary>Share of traffic, 0 to 100.</summary>
    public required int Weight { get; init; }

    /// <summary>Failure domain.</summary>
    public string? Zone { get; init; }

    /// <summary>Revision of its last change.</summary>
    public required long Revision { get; init; }

    /// <summary>How it is reached.</summary>
    public required LiveAddressesDocument Addresses { get; init; }

    /// <summary>Port numbers by name.</summary>
    public required IReadOnlyDictionary<string, int> Ports { get; init; }

    /// <summary><c>host:port</c> of its port <c>vnc</c>, if it has one.</summary>
    public string? VncUrl { get; init; }

    /// <summary>Where it says how it is, if it has a port for that.</summary>
    public string? HealthUrl { get; init; }

    /// <summary>The URL of its port <c>stream</c>, if it has one.</summary>
    public string? StreamUrl { get; init; }

    /// <summary>How it is.</summary>
    public required LiveHealthDocument Health { get; init; }

    /// <summary>How well it serves, as it says itself; null when it says nothing.</summary>
    public QualityDocument? Quality { get; init; }

    /// <summary>Its labels, with <c>podName</c>, <c>nodeName</c> and <c>startTime</c> where they are known.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>What the cluster says of it; null for one that is in none.</summary>
    public LiveKubernetesDocument? Kubernetes { get; init; }
}

/// <summary>How an instance is reached.</summary>
public sealed record LiveAddressesDocument
{
    /// <summary>Its address.</summary>
    [JsonPropertyName("podIP")]
    public required string PodIp { get; init; }

    /// <summary>The name of its machine, as it sees itself.</summary>
    public string? Hostname { get; init; }

    /// <summary>Its name in the cluster's DNS.</summary>
    public string? DnsName { get; init; }

    /// <summary><c>host:port</c> of the service it belongs to.</summary>
    public string? ServiceEndpoint { get; init; }
}

/// <summary>How an instance is, and what that is made of.</summary>
public sealed record LiveHealthDocument
{
    /// <summary>Whether it may be sent work.</summary>
    public required bool Ready { get; init; }

    /// <summary>0 to 100: the mean of the parts by weight; at most 25 while it is not ready.</summary>
    public required int Score { get; init; }

    /// <summary>What is known of it.</summary>
    public required IReadOnlyList<HealthPartDocument> Parts { get; init; }

    /// <summary>What it says itself, as it says it, when that is JSON of 2 KiB at the most; null when it says nothing, or not yet. Of imported instances only: whoever may register one could otherwise read with the node's eyes.</summary>
    public JsonElement? Details { get; init; }

    /// <summary>When it entered its state (UTC).</summary>
    public required DateTimeOffset LastTransition { get; init; }

    /// <summary>When it was last asked (UTC), to the minute while it says the same; null when it was not.</summary>
    public DateTimeOffset? CheckedAt { get; init; }
}

/// <summary>One part of a score.</summary>
/// <param name="Name"><c>readiness</c>, <c>application</c>, <c>quality</c> or <c>callers</c>.</param>
/// <param name="Score">0 to 100.</param>
/// <param name="Weight">How much it counts.</param>
/// <param name="Reasons">Why it is not 100, in words.</param>
public sealed record HealthPartDocument(string Name, int Score, int Weight, IReadOnlyList<string> Reasons);

/// <summary>How well an instance serves, as it says itself. What it does not say is null.</summary>
public sealed record QualityDocument
{
    /// <summary>Pictures a second.</summary>
    public double? FrameRate { get; init; }

    /// <summary>Pictures a second that it should have.</summary>
    public double? TargetFrameRate { get; init; }

    /// <summary>Milliseconds.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>0 to 100.</summary>
    public double? PacketLossPercent { get; init; }

    /// <summary>Kilobits a second.</summary>
    public double? BandwidthKbps { get; init; }

    /// <summary>How many watch it.</summary>
    public int? Viewers { get; init; }
}

/// <summary>What a cluster says of an instance.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="NodeName">The machine it runs on.</param>
/// <param name="TargetRef">The object behind it.</param>
public sealed record LiveKubernetesDocument(string? Namespace, string? NodeName, TargetRefDocument? TargetRef);

/// <summary>An object of a cluster.</summary>
/// <param name="Kind">What it is, such as <c>Pod</c>.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
public sealed record TargetRefDocument(string Kind, string Namespace, string Name);

/// <summary>That nothing can be shown.</summary>
/// <param name="Error">Why, and what to do.</param>
public sealed record LiveErrorDocument(string Error)
{
    /// <summary>Always <c>error</c>.</summary>
    public string Mode { get; init; } = "error";

    /// <summary>Always empty.</summary>
    public IReadOnlyList<LiveInstanceDocument> Instances { get; init; } = [];
}

/// <summary>How discovery is doing.</summary>
/// <param name="KubernetesDiscovery">Of the service that is shown when none is named.</param>
/// <param name="UsingAutoDiscovery">Whether it is found by itself.</param>
/// <param name="FallbackToStatic">Whether it is shown from its fallback.</param>
public sealed record DiscoveryInfoDocument(KubernetesDiscoveryDocument KubernetesDiscovery, bool UsingAutoDiscovery, bool FallbackToStatic);

/// <summary>How the discovery of one service is doing.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Services">The services that are imported.</param>
/// <param name="DiscoveryEnabled">Whether any is.</param>
/// <param name="LastDiscovery">When its source last answered (UTC).</param>
/// <param name="CachedInstancesCount">How many instances are known.</param>
/// <param name="Kubernetes">How the cluster is doing.</param>
public sealed record KubernetesDiscoveryDocument(
    string? Namespace, IReadOnlyList<string> Services, bool DiscoveryEnabled, DateTimeOffset? LastDiscovery, int CachedInstancesCount, KubernetesStateDocument Kubernetes);

/// <summary>How a cluster is doing.</summary>
/// <param name="Available">Whether it answers.</param>
/// <param name="Namespace">The namespace.</param>
/// <param name="ServicesFound">Services imported from it.</param>
public sealed record KubernetesStateDocument(bool Available, string? Namespace, int ServicesFound);

/// <summary>What came of looking again.</summary>
/// <param name="Message">In words.</param>
/// <param name="InstanceCount">How many there are.</param>
/// <param name="Instances">All of them.</param>
public sealed record RefreshDocument(string Message, int InstanceCount, IReadOnlyList<LiveInstanceDocument> Instances);

/// <summary>The quality of one instance.</summary>
/// <param name="InstanceId">Its id.</param>
/// <param name="Available">Whether it is ready.</param>
/// <param name="Quality">What it says; null when it says nothing.</param>
/// <param name="CheckedAt">When it was asked (UTC).</param>
public sealed record QualityMetricsDocument(string InstanceId, bool Available, QualityDocument? Quality, DateTimeOffset? CheckedAt);

/// <summary>The quality of all instances together: means over those that say something.</summary>
/// <param name="Total">Instances.</param>
/// <param name="Available">Those that are ready.</param>
/// <param name="Availability">Their share, 0 to 100.</param>
/// <param name="Average">The means; viewers are summed.</param>
public sealed record QualitySummaryDocument(int Total, int Available, double Availability, QualityDocument Average);

/// <summary>How well services are.</summary>
/// <param name="Services">By name.</param>
public sealed record ScoresDocument(IReadOnlyList<ServiceScoresDocument> Services);

/// <summary>How well the instances of a service are.</summary>
/// <param name="Service">The service.</param>
/// <param name="Score">The mean of its instances, 0 to 100; absent when it has none.</param>
/// <param name="Instances">Scores by instance, 0 to 100 each.</param>
public sealed record ServiceScoresDocument(string Service, int? Score, IReadOnlyDictionary<string, int> Instances);
