using System.Globalization;
using Rollcall.Api;

namespace Rollcall.Cli.Output;

/// <summary>What a line of an endpoint table needs, wherever it comes from.</summary>
internal readonly record struct EndpointRow
{
    public required string Id { get; init; }

    public required EndpointState State { get; init; }

    public required string Host { get; init; }

    public required IReadOnlyDictionary<string, int> Ports { get; init; }

    public required int Weight { get; init; }

    public int Priority { get; init; }

    public string? Zone { get; init; }

    public DateTimeOffset? Since { get; init; }

    public string? Reason { get; init; }

    /// <summary>How many callers avoid it, and why; null when none does.</summary>
    public string? AvoidedBy { get; init; }

    public string? Node { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    public static EndpointRow Of(Endpoint endpoint) => new()
    {
        Id = endpoint.Id,
        State = endpoint.State,
        Host = endpoint.Host,
        Ports = endpoint.Ports,
        Weight = endpoint.Weight,
        Priority = endpoint.Priority,
        Zone = endpoint.Zone,
        Since = endpoint.Since,
        Reason = endpoint.Reason,
        Node = endpoint.Node,
        Metadata = endpoint.Metadata,
    };

    public static EndpointRow Of(InstanceDocument instance) => new()
    {
        Id = instance.Id,
        State = StateText.Parse(instance.State),
        Host = instance.Address,
        Ports = instance.Ports,
        Weight = instance.Weight,
        Zone = instance.Zone,
        Since = instance.Since,
        Reason = instance.Reason,
        Node = instance.Node,
        Metadata = instance.Metadata,
    };
}

/// <summary>Instances or endpoints as a table: the same columns wherever they come from.</summary>
internal sealed class EndpointTable(OutputFormat format, DateTimeOffset now, bool hasPriorities = false, bool hasFindings = false)
{
    private readonly bool _isWide = format == OutputFormat.Wide;
    private readonly bool _hasPriorities = hasPriorities && format == OutputFormat.Wide;

    public Table Table { get; } = new(
    [
        "ID", "STATE", "HOST", "PORTS", "WEIGHT", .. hasPriorities && format == OutputFormat.Wide ? ["PRIORITY"] : Array.Empty<string>(),
        "ZONE", "AGE", .. format == OutputFormat.Wide ? ["NODE", "METADATA"] : Array.Empty<string>(),
        .. hasFindings ? ["AVOIDED BY"] : Array.Empty<string>(), "REASON",
    ]);

    public void Add(in EndpointRow row)
    {
        Cell age = row.Since is { } since ? AgeText.Format(now - since) : null;
        Cell state = new(StateText.Format(row.State), StateTone.Of(row.State));
        Table.Add(
        [
            row.Id, state, row.Host, Ports(row.Ports), row.Weight, .. _hasPriorities ? [row.Priority] : Array.Empty<Cell>(),
            row.Zone, age, .. _isWide ? [row.Node, Pairs(row.Metadata)] : Array.Empty<Cell>(),
            .. hasFindings ? [new Cell(row.AvoidedBy, Tone.Warning)] : Array.Empty<Cell>(), row.Reason,
        ]);
    }

    /// <summary><c>http:8080,admin:8081</c>.</summary>
    public static string Ports(IReadOnlyDictionary<string, int> ports) =>
        string.Join(',', ports.Select(static port => string.Create(CultureInfo.InvariantCulture, $"{port.Key}:{port.Value}")));

    private static string? Pairs(IReadOnlyDictionary<string, string>? pairs) =>
        pairs is null ? null : string.Join(',', pairs.Select(static pair => $"{pair.Key}={pair.Value}"));
}
