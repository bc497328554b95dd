using System.ComponentModel.DataAnnotations;

namespace Rollcall.Api;

// The JSON documents of the node's HTTP API, shared by client and server. Meaning and limits: docs/http-api.md.

/// <summary>Body of a registration.</summary>
public sealed record RegistrationDocument
{
    /// <summary>Host or IP address, without a port.</summary>
    public string? Address { get; init; }

    /// <summary>Port numbers by name; at least one.</summary>
    public IReadOnlyDictionary<string, int>? Ports { get; init; }

    /// <summary>How long the lease lasts without renewal, such as <c>10s</c>; 1 s to 24 h. Default 10 s.</summary>
    public string? Ttl { get; init; }

    /// <summary>Share of traffic, 0 to 100. Default 100.</summary>
    public int? Weight { get; init; }

    /// <summary>Failure domain.</summary>
    public string? Zone { get; init; }

    /// <summary>Machine the instance runs on.</summary>
    public string? Node { get; init; }

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Checks the node makes.</summary>
    public IReadOnlyList<CheckDocument>? Checks { get; init; }
}

/// <summary>A check the node makes of an instance: exactly one of <c>http</c> and <c>tcp</c>.</summary>
public sealed record CheckDocument
{
    /// <summary>URL that must answer 200 to 299.</summary>
    public string? Http { get; init; }

    /// <summary><c>host:port</c> that must accept a connection.</summary>
    public string? Tcp { get; init; }

    /// <summary>Time between two checks. Default 5 s; 1 s to 1 h.</summary>
    public string? Interval { get; init; }

    /// <summary>How long one check may take. Default 1 s; 10 ms to 1 min, at most the interval.</summary>
    public string? Timeout { get; init; }

    /// <summary>Failures in a row that make it not ready. Default 2; 1 to 10.</summary>
    public int? FailureThreshold { get; init; }

    /// <summary>Successes in a row that make it ready. Default 1; 1 to 10.</summary>
    public int? SuccessThreshold { get; init; }
}

/// <summary>Answer to a write: which revision it became.</summary>
public sealed record WriteDocument
{
    /// <summary>The service.</summary>
    public required string Service { get; init; }

    /// <summary>The instance.</summary>
    public required string Id { get; init; }

    /// <summary>The node's revision after the write.</summary>
    public required long Revision { get; init; }

    /// <summary>The lease granted; only in the answer to a registration.</summary>
    public LeaseDocument? Lease { get; init; }
}

/// <summary>A lease as granted.</summary>
public sealed record LeaseDocument
{
    /// <summary>How long it lasts without renewal.</summary>
    public required string Ttl { get; init; }

    /// <summary>How often to renew: a third of the ttl.</summary>
    public required string RenewEvery { get; init; }
}

/// <summary>One instance as the catalog has it.</summary>
public sealed record InstanceDocument
{
    /// <summary>Identity inside the service.</summary>
    public required string Id { get; init; }

    /// <summary>Host or IP address.</summary>
    public required string Address { get; init; }

    /// <summary>Port numbers by name.</summary>
    public required IReadOnlyDictionary<string, int> Ports { get; init; }

    /// <summary><c>ready</c>, <c>not-ready</c>, <c>draining</c> or <c>unknown</c>.</summary>
    [AllowedValues("ready", "not-ready", "draining", "unknown")]
    public required string State { get; init; }

    /// <summary>Why it is in that state, when there is something to say.</summary>
    public string? Reason { get; init; }

    /// <summary>Share of traffic, 0 to 100.</summary>
    public required int Weight { get; init; }

    /// <summary>Failure domain.</summary>
    public string? Zone { get; init; }

    /// <summary>Machine it runs on.</summary>
    public string? Node { get; init; }

    /// <summary>Labels; absent when there are none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>When it entered its state (UTC).</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Revision of its last change.</summary>
    public required long Revision { get; init; }

    /// <summary>The target that it is imported from, so that nobody can change it here; null for one that was registered here.</summary>
    public string? Origin { get; init; }
}

/// <summary>One service: every instance that passed the query's filters.</summary>
public sealed record ServiceDocument
{
    /// <summary>The service's name.</summary>
    public required string Service { get; init; }

    /// <summary>Revision of the service's last change: the <c>index</c> of the next blocking query. 0 when it never existed.</summary>
    public required long Revision { get; init; }

    /// <summary>Names one life of the node's data; when it differs from before, revisions cannot be compared.</summary>
    public required string Epoch { get; init; }

    /// <summary>In order of id.</summary>
    public required IReadOnlyList<InstanceDocument> Instances { get; init; }
}

/// <summary>All services with their counts.</summary>
public sealed record ServiceListDocument
{
    /// <summary>The node's revision.</summary>
    public required long Revision { get; init; }

    /// <summary>In order of name.</summary>
    public required IReadOnlyList<ServiceSummaryDocument> Services { get; init; }
}

/// <summary>One line of the list of services; one whose last instance left stays for as long as history is kept.</summary>
public sealed record ServiceSummaryDocument
{
    /// <summary>The service's name.</summary>
    public required string Name { get; init; }

    /// <summary>Instances in any state.</summary>
    public required int Instances { get; init; }

    /// <summary>Instances that are ready.</summary>
    public required int Ready { get; init; }

    /// <summary>Instances that are draining.</summary>
    public required int Draining { get; init; }

    /// <summary>Instances that are not ready.</summary>
    public required int NotReady { get; init; }

    /// <summary>Live watchers.</summary>
    public required int Watchers { get; init; }

    /// <summary>Revision of its last change.</summary>
    public required long Revision { get; init; }

    /// <summary>Where it is imported from; null for one that is registered here.</summary>
    public OriginDocument? Origin { get; init; }
}

/// <summary>Where an imported service comes from, and how much of it can be trusted.</summary>
public sealed record OriginDocument
{
    /// <summary>The target, such as <c>k8s:///shop/orders</c>.</summary>
    public required string Target { get; init; }

    /// <summary>How it is found: <c>kubernetes-endpointslices</c>, <c>kubernetes-endpoints</c>, <c>kubernetes-pods</c>, <c>static</c>, <c>static-fallback</c>, or the target's scheme.</summary>
    public required string Mode { get; init; }

    /// <summary><c>live</c>, <c>stale</c> or <c>static-fallback</c>.</summary>
    [AllowedValues("live", "stale", "static-fallback")]
    public required string Freshness { get; init; }

    /// <summary>Why it is not live; null when it is.</summary>
    public string? Reason { get; init; }

    /// <summary>When its source last said so (UTC); null before its first answer.</summary>
    public DateTimeOffset? ObservedAt { get; init; }

    /// <summary>Some of those that could not be imported, each with the reason; null when all could.</summary>
    public IReadOnlyList<string>? Rejected { get; init; }
}

/// <summary>Body of a renewal of many leases.</summary>
public sealed record RenewRequestDocument
{
    /// <summary>Which leases.</summary>
    public IReadOnlyList<LeaseKeyDocument>? Leases { get; init; }
}

/// <summary>Names one lease.</summary>
/// <param name="Service">The service.</param>
/// <param name="Id">The instance.</param>
public sealed record LeaseKeyDocument(string? Service, string? Id);

/// <summary>Answer to a renewal of many leases, in the order asked.</summary>
public sealed record RenewResponseDocument
{
    /// <summary>One per lease.</summary>
    public required IReadOnlyList<RenewResultDocument> Results { get; init; }
}

/// <summary>What became of one renewal.</summary>
/// <param name="Service">The service.</param>
/// <param name="Id">The instance.</param>
/// <param name="Result"><c>renewed</c>, <c>unknown</c> (register again) or <c>forbidden</c> (wrong owner).</param>
public sealed record RenewResultDocument(string Service, string Id, [property: AllowedValues("renewed", "unknown", "forbidden")] string Result);

/// <summary>Body of a status change.</summary>
public sealed record StatusDocument
{
    /// <summary><c>ready</c> or <c>not-ready</c>.</summary>
    [AllowedValues("ready", "not-ready")]
    public string? State { get; init; }

    /// <summary>Why, for people; at most 256 characters.</summary>
    public string? Reason { get; init; }
}

/// <summary>What happened, oldest first.</summary>
public sealed record HistoryDocument
{
    /// <summary>The moment from which history is complete (UTC).</summary>
    public required DateTimeOffset CompleteSince { get; init; }

    /// <summary>The changes asked for.</summary>
    public required IReadOnlyList<ChangeDocument> Changes { get; init; }

    /// <summary>True when older ones were left off for the limit.</summary>
    public required bool Truncated { get; init; }
}

/// <summary>One committed change.</summary>
public sealed record ChangeDocument
{
    /// <summary>The node's revision that this change became.</summary>
    public required long Revision { get; init; }

    /// <summary>When (UTC).</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary><c>registered</c>, <c>updated</c>, <c>status</c>, <c>draining</c>, <c>expired</c>, <c>revived</c>, <c>deregistered</c> or <c>removed</c>.</summary>
    [AllowedValues("registered", "updated", "status", "draining", "expired", "revived", "deregistered", "removed")]
    public required string Kind { get; init; }

    /// <summary>The service.</summary>
    public required string Service { get; init; }

    /// <summary>The instance.</summary>
    public required string Id { get; init; }

    /// <summary>Its state after the change; absent when it is gone.</summary>
    [AllowedValues("ready", "not-ready", "draining", "unknown")]
    public string? State { get; init; }

    /// <summary>Why, when there is something to say.</summary>
    public string? Reason { get; init; }

    /// <summary>The whole instance after the change; only in the event stream, absent when it is gone.</summary>
    public InstanceDocument? Instance { get; init; }
}

/// <summary>Everything at one moment: the first event of a stream of changes.</summary>
public sealed record SnapshotDocument
{
    /// <summary>Names one life of the node's data.</summary>
    public required string Epoch { get; init; }

    /// <summary>The node's revision.</summary>
    public required long Revision { get; init; }

    /// <summary>The services that were asked for and are known.</summary>
    public required IReadOnlyList<ServiceDocument> Services { get; init; }
}

/// <summary>State of the node.</summary>
public sealed record StatusReportDocument
{
    /// <summary>Version of the program.</summary>
    public required string Version { get; init; }

    /// <summary>Names one life of the node's data.</summary>
    public required string Epoch { get; init; }

    /// <summary>The node's revision.</summary>
    public required long Revision { get; init; }

    /// <summary>When it started (UTC).</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Services that have instances.</summary>
    public required int Services { get; init; }

    /// <summary>Instances in any state.</summary>
    public required int Instances { get; init; }

    /// <summary>Live watchers of all services.</summary>
    public required int Watchers { get; init; }

    /// <summary>The journal.</summary>
    public required JournalStatusDocument Journal { get; init; }

    /// <summary>The mass-expiry guard.</summary>
    public required GuardStatusDocument Guard { get; init; }

    /// <summary>Whether a gateway runs beside the node.</summary>
    public bool Gateway { get; init; }

    /// <summary>Where pages find a picture of an instance: the address of a WebSocket, or a path, with <c>{id}</c> for the instance; absent unless it is set.</summary>
    public string? Viewer { get; init; }

    /// <summary>Resident memory, in bytes.</summary>
    public required long ResidentBytes { get; init; }
}

/// <summary>State of the journal.</summary>
public sealed record JournalStatusDocument
{
    /// <summary><c>fsync</c>, <c>interval</c> or <c>memory</c>.</summary>
    [AllowedValues("fsync", "interval", "memory")]
    public required string Durability { get; init; }

    /// <summary>Where it is; absent in memory.</summary>
    public string? Directory { get; init; }

    /// <summary>Bytes on disk.</summary>
    public required long Bytes { get; init; }

    /// <summary>Segments on disk.</summary>
    public required int Segments { get; init; }

    /// <summary>True while writes are accepted.</summary>
    public required bool Writable { get; init; }

    /// <summary>Why writes are refused and what to do; absent while they are accepted.</summary>
    public string? Problem { get; init; }

    /// <summary>What recovery found at the last start, such as a torn tail that was cut; absent when all was whole.</summary>
    public string? Recovery { get; init; }
}

/// <summary>State of the mass-expiry guard.</summary>
public sealed record GuardStatusDocument
{
    /// <summary>True while expiry is suspended.</summary>
    public required bool Active { get; init; }

    /// <summary>Why, in words for an operator; absent while inactive.</summary>
    public string? Reason { get; init; }

    /// <summary>Since when (UTC); absent while inactive.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Leases overdue but kept by the guard.</summary>
    public required int HeldLeases { get; init; }
}

/// <summary>An error as RFC 9457 problem details.</summary>
public sealed record ProblemDocument
{
    /// <summary>Stable name of the kind of problem, such as <c>urn:rollcall:problem:invalid-request</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The kind of problem in words.</summary>
    public string? Title { get; init; }

    /// <summary>HTTP status.</summary>
    public int Status { get; init; }

    /// <summary>What was wrong, on what, and what to do.</summary>
    public string? Detail { get; init; }

    /// <summary>Each field that was refused and why.</summary>
    public IReadOnlyDictionary<string, string>? Errors { get; init; }
}
