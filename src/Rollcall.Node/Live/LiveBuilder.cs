using System.Collections.Immutable;
using System.Globalization;
using Rollcall.Api;
using Rollcall.Node.Imports;
using Rollcall.Registry;
using Rollcall.Registry.Catalogs;

namespace Rollcall.Node.Live;

/// <summary>What is known of a service when its document is made.</summary>
/// <param name="Service">As it is in the catalog.</param>
/// <param name="Import">How its import is doing; null when it is registered here.</param>
/// <param name="Names">What people call its instances.</param>
/// <param name="Readings">What an instance said of itself; null for nothing.</param>
/// <param name="Findings">What callers report.</param>
/// <param name="Callers">How many callers there are.</param>
/// <param name="Weights">How much each part of a score counts.</param>
/// <param name="Started">When the node started: what is older is known to have been so since then at least.</param>
internal sealed record LiveInputs(
    ServiceSnapshot Service, ImportStatus? Import, NamesFile Names, Func<Instance, HealthReading?> Readings, IReadOnlyList<FindingDocument> Findings, int Callers, HealthWeights Weights, DateTimeOffset Started);

/// <summary>Makes the document of a service, live. Pure.</summary>
internal static class LiveBuilder
{
    /// <summary>The document with its instances.</summary>
    public static LiveInstancesDocument Build(LiveInputs inputs, IReadOnlyList<LiveInstanceDocument> instances)
    {
        var (service, import) = (inputs.Service, inputs.Import);
        var updated = Updated(inputs, instances);
        var ready = instances.Count(static instance => instance.Ready);
        var summary = new LiveSummaryDocument(instances.Count, ready, instances.Count - ready, instances.Count(static instance => instance.Status == "degraded"), updated);
        var mode = import?.Mode ?? ImportMode.Registry;
        return new LiveInstancesDocument
        {
            DiscoveryMode = mode,
            Mode = mode,
            ServiceName = service.Service,
            Namespace = NamespaceOf(inputs),
            Revision = service.Revision,
            Freshness = import?.FreshnessText ?? "live",
            Reason = import?.Freshness.Reason,
            ObservedAt = import?.ObservedAt,
            LastUpdate = updated,
            Instances = instances,
            Summary = summary,
            Stats = summary,
        };
    }

    /// <summary>The scores of its instances, as the document has them.</summary>
    public static ServiceScoresDocument Scores(LiveInputs inputs)
    {
        var avoiding = Avoiding(inputs);
        var scores = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var instance in inputs.Service.Instances)
            scores[instance.Registration.Id] = ScoreOf(inputs, instance, [.. avoiding[instance.Registration.Id]]).Score;
        return new ServiceScoresDocument(inputs.Service.Service, scores.Count == 0 ? null : (int)Math.Round(scores.Values.Average(), MidpointRounding.AwayFromZero), scores);
    }

    /// <summary>The namespace of a service; null where there are none.</summary>
    public static string? NamespaceOf(LiveInputs inputs)
    {
        foreach (var instance in inputs.Service.Instances)
        {
            if (instance.Registration.Metadata.TryGetValue("namespace", out var found))
                return found;
        }

        return inputs.Import?.Target is { Scheme: "k8s", Path: var path } && path.Trim('/').Split('/') is [var space, _] ? space : null;
    }

    /// <summary>Why callers avoid instances, by id.</summary>
    public static ILookup<string, string> Avoiding(LiveInputs inputs) =>
        inputs.Findings.ToLookup(static finding => finding.Instance, static finding => $"{finding.Caller} avoids it: {finding.Reason}", StringComparer.Ordinal);

    private static (int Score, ImmutableArray<HealthPartDocument> Parts) ScoreOf(LiveInputs inputs, Instance instance, IReadOnlyList<string> avoiding) =>
        HealthScore.Of(instance.State, instance.Reason, inputs.Readings(instance), avoiding, inputs.Callers, inputs.Weights);

    /// <summary>An instance.</summary>
    public static LiveInstanceDocument Of(LiveInputs inputs, Instance instance, IReadOnlyList<string> avoiding)
    {
        var (registration, reading, entry) = (instance.Registration, inputs.Readings(instance), inputs.Names.Find(instance));
        var (score, parts) = ScoreOf(inputs, instance, avoiding);
        var isReady = instance.State == EndpointState.Ready;
        var ordinal = NamesFile.OrdinalOf(instance);
        var (pod, hostname, dns) = (Label(instance, "pod"), Label(instance, "hostname") ?? Label(instance, "pod"), Label(instance, "dns"));
        return new LiveInstanceDocument
        {
            Id = ordinal is null ? registration.Id : $"instance-{ordinal}",
            InstanceId = registration.Id,
            Name = inputs.Names.NameOf(instance),
            Description = entry?.Description,
            Icon = entry?.Icon,
            Order = entry?.Order,
            Notes = entry?.Notes,
            PodName = pod,
            Hostname = hostname,
            Status = instance.State switch
            {
                EndpointState.Ready => score < HealthScore.Degraded ? "degraded" : "ready",
                EndpointState.Draining => "draining",
                EndpointState.NotReady => "booting",
                _ => "unknown",
            },
            State = StateText.Format(instance.State),
            Reason = instance.Reason,
            Ready = isReady,
            Weight = registration.Weight,
            Zone = registration.Zone,
            Revision = instance.Revision,
            Addresses = new LiveAddressesDocument { PodIp = registration.Address, Hostname = hostname, DnsName = dns, ServiceEndpoint = ServiceEndpoint(registration, dns) },
            Ports = registration.Ports,
            VncUrl = PortUrl(registration, "vnc", ""),
            HealthUrl = HealthReader.UrlOf(instance),
            StreamUrl = PortUrl(registration, "stream", "http://"),
            Health = new LiveHealthDocument { Ready = isReady, Score = score, Parts = parts, Details = instance.Origin is null ? null : reading?.Details, LastTransition = instance.Since, CheckedAt = reading?.At },
            Quality = reading?.Quality,
            Metadata = Labels(instance, pod),
            Kubernetes = pod is null && Label(instance, "target") is null ? null : new LiveKubernetesDocument(Label(instance, "namespace"), registration.Node, TargetOf(instance)),
        };
    }

    private static string? Label(Instance instance, string key) => instance.Registration.Metadata.TryGetValue(key, out var value) ? value : null;

    // The name of the service is that of the pod without its first label.
    private static string? ServiceEndpoint(InstanceRegistration registration, string? dns)
    {
        if (dns?.IndexOf('.', StringComparison.Ordinal) is not (> 0 and var dot))
            return null;
        var port = registration.Ports.TryGetValue("vnc", out var vnc) ? vnc : registration.Ports.AsSpan()[0].Value;
        return string.Create(CultureInfo.InvariantCulture, $"{dns[(dot + 1)..]}:{port}");
    }

    private static string? PortUrl(InstanceRegistration registration, string name, string prefix) => registration.Ports.TryGetValue(name, out var port)
        ? string.Create(CultureInfo.InvariantCulture, $"{prefix}{HealthReader.HostOf(registration.Address)}:{port}")
        : null;

    private static SortedDictionary<string, string> Labels(Instance instance, string? pod)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (ref readonly var label in instance.Registration.Metadata.AsSpan())
            labels[label.Key] = label.Value;
        if (pod is not null)
            labels["podName"] = pod;
        if (instance.Registration.Node is { } node)
            labels["nodeName"] = node;
        if (Label(instance, "started") is { } started)
            labels["startTime"] = started;
        return labels;
    }

    private static TargetRefDocument? TargetOf(Instance instance) =>
        Label(instance, "target")?.Split('/') is [var kind, var space, var name] ? new TargetRefDocument(kind, space, name) : null;

    // Never the time of the request: what has not changed is the same document.
    private static DateTimeOffset Updated(LiveInputs inputs, IEnumerable<LiveInstanceDocument> instances)
    {
        var latest = inputs.Service.ChangedAt ?? inputs.Started;
        if (inputs.Import?.ObservedAt is { } observed && observed > latest)
            latest = observed;
        foreach (var instance in instances)
        {
            if (instance.Health.CheckedAt is { } at && at > latest)
                latest = at;
        }

        return latest;
    }
}
