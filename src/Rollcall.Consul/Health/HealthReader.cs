using System.Collections.Immutable;
using System.Globalization;
using Rollcall.Sources.Text;
using Rollcall.Watching;

namespace Rollcall.Consul.Health;

/// <summary>Turns the entries of an answer into endpoints. One that makes no sense is left out and told; trusts nothing.</summary>
internal static class HealthReader
{
    /// <summary>The most instances of one service.</summary>
    public const int MaxEndpoints = 10_000;

    /// <summary>The most labels an instance may have, and the longest text of one.</summary>
    public const int MaxLabels = 128;

    /// <inheritdoc cref="MaxLabels" />
    public const int MaxTextLength = 1024;

    private const string NodeMaintenance = "_node_maintenance";
    private const string ServiceMaintenance = "_service_maintenance:";
    private const int ProblemsTold = 3;

    /// <summary>The endpoints, with a reason for lesser freshness where something had to be left out.</summary>
    /// <exception cref="FormatException">There are too many; the message is to be read behind "its answer".</exception>
    public static SourceAnswer Read(EntryDocument?[] entries, ConsulTarget target)
    {
        if (entries.Length > MaxEndpoints)
            throw new FormatException($"has {entries.Length} instances; at most {MaxEndpoints} are allowed");
        var read = new List<(Endpoint Endpoint, int Weight)>(entries.Length);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        List<string> problems = [];
        var nearest = target.IsNear && entries is [{ Node.Node: { } first }, ..] ? first : null;
        foreach (var entry in entries)
        {
            try
            {
                var (endpoint, weight) = ReadEntry(entry, target);
                if (!ids.Add(endpoint.Id))
                    throw new FormatException("is named twice");
                if (nearest is not null && !string.Equals(endpoint.Node, nearest, StringComparison.Ordinal))
                    endpoint = endpoint with { Priority = 1 };
                read.Add((endpoint, weight));
            }
            catch (FormatException error)
            {
                problems.Add($"{Printable(entry?.Node?.Node)}/{Printable(entry?.Service?.Id)} {error.Message}");
            }
        }

        var heaviest = read.Count == 0 ? 1 : Math.Max(1, read.Max(static item => item.Weight));
        ImmutableArray<Endpoint> endpoints = [.. read.Select(item => item.Endpoint with { Weight = Scale(item.Weight, heaviest) })];
        if (problems.Count == 0)
            return endpoints;
        var told = string.Join(", ", problems.Take(ProblemsTold)) + (problems.Count > ProblemsTold ? " and others" : "");
        return new SourceAnswer(endpoints, Freshness.Fallback(string.Create(
            CultureInfo.InvariantCulture, $"{problems.Count} of {entries.Length} instances of {target.Service} in Consul make no sense and are left out: {told}")));
    }

    /// <summary>A weight of Consul (1 to 65535, relative to each other) as one of ours; 0 stays 0, and nothing else becomes it.</summary>
    public static int Scale(int weight, int heaviest) =>
        weight <= 0 ? 0 : Math.Clamp((int)Math.Round(100.0 * weight / heaviest, MidpointRounding.AwayFromZero), 1, 100);

    private static (Endpoint Endpoint, int Weight) ReadEntry(EntryDocument? entry, ConsulTarget target)
    {
        if (entry is not { Node.Node: { Length: > 0 and <= MaxTextLength } node, Service: { Id: { Length: > 0 and <= MaxTextLength } id } service })
            throw new FormatException("has no node or no id");
        var (host, port) = AddressOf(entry.Node, service, target.Address);
        if (!EndpointText.IsHost(host))
            throw new FormatException("has no address");
        if (port is < 1 or > 65535)
            throw new FormatException($"has the port {port}, which is none");
        var (state, reason, isWarning) = StateOf(entry.Checks ?? [], target.OnlyPassing);
        var weights = service.Weights ?? new WeightsDocument();
        // The id of a service is unique on its node only.
        var endpoint = new Endpoint($"{node}/{id}", host, port)
        {
            State = state,
            Reason = reason,
            Node = node,
            Zone = NotEmpty(service.Locality?.Zone) ?? NotEmpty(entry.Node.Locality?.Zone) ?? NotEmpty(Find(service.Meta, "zone")) ?? NotEmpty(Find(entry.Node.Meta, "zone")),
            Metadata = LabelsOf(service),
        };
        return (endpoint, isWarning ? weights.Warning : weights.Passing);
    }

    private static (string Host, int Port) AddressOf(NodeDocument node, ServiceDocument service, string? wanted)
    {
        if (wanted is not null)
        {
            if (service.TaggedAddresses?.GetValueOrDefault(wanted) is { Address: { Length: > 0 } tagged } address)
                return (tagged, address.Port > 0 ? address.Port : service.Port);
            // What the node says of itself holds for its services that have no address of their own.
            if (string.IsNullOrEmpty(service.Address) && Find(node.TaggedAddresses, wanted) is { Length: > 0 } ofNode)
                return (ofNode, service.Port);
        }

        return (NotEmpty(service.Address) ?? node.Address ?? "", service.Port);
    }

    // Without the output of checks: it changes with every run, and would make every run a change.
    private static (EndpointState State, string? Reason, bool IsWarning) StateOf(IReadOnlyList<CheckDocument> checks, bool onlyPassing)
    {
        CheckDocument? critical = null, warning = null;
        foreach (var check in checks)
        {
            if (check?.CheckId is NodeMaintenance || check?.CheckId?.StartsWith(ServiceMaintenance, StringComparison.Ordinal) == true)
                return (EndpointState.NotReady, NotEmpty(check.Notes) is { } notes ? $"in maintenance: {Printable(notes)}" : "in maintenance", false);
            switch (check?.Status)
            {
                case "passing":
                    break;
                case "warning":
                    warning ??= check;
                    break;
                default:
                    // "critical", and whatever is not known: nothing speaks for it.
                    critical ??= check ?? new CheckDocument();
                    break;
            }
        }

        if (critical is not null)
            return (EndpointState.NotReady, $"check '{Printable(critical.Name ?? critical.CheckId)}' is {Printable(critical.Status ?? "unknown")}", false);
        if (warning is null)
            return (EndpointState.Ready, null, false);
        return (onlyPassing ? EndpointState.NotReady : EndpointState.Ready, $"check '{Printable(warning.Name ?? warning.CheckId)}' is warning", true);
    }

    private static SmallMap<string> LabelsOf(ServiceDocument service)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in service.Meta ?? SmallMap<string?>.Empty)
            labels[key] = value ?? "";
        if (service.Tags is { Count: > 0 } tags)
            labels.TryAdd("tags", string.Join(',', tags.Where(static tag => !string.IsNullOrEmpty(tag)).Order(StringComparer.Ordinal)));
        return labels.Count <= MaxLabels && labels.All(static label => label.Key.Length <= MaxTextLength && label.Value.Length <= MaxTextLength)
            ? new SmallMap<string>(labels)
            : throw new FormatException($"has more than {MaxLabels} labels or one longer than {MaxTextLength} characters");
    }

    private static string? Find(IReadOnlyDictionary<string, string?>? map, string key) => map?.GetValueOrDefault(key);

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string Printable(string? text) => string.Concat((text ?? "?").Take(100).Select(static c => char.IsControl(c) ? ' ' : c));
}
