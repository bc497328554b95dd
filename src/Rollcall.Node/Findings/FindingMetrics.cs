using System.Diagnostics.Metrics;
using Rollcall.Node.Telemetry;

namespace Rollcall.Node.Findings;

/// <summary>What is done with what callers report.</summary>
internal sealed class FindingMetrics
{
    /// <summary>A header that breaks a rule.</summary>
    public static readonly KeyValuePair<string, object?> Malformed = new("reason", "malformed");

    /// <summary>A report of one caller too many.</summary>
    public static readonly KeyValuePair<string, object?> TooMany = new("reason", "too-many");

    private readonly Counter<long> _ignored;
    private readonly Counter<long> _marks;

    public FindingMetrics(IMeterFactory meters, FindingTable findings)
    {
        var meter = meters.Create(NodeMeter.Name);
        meter.CreateObservableGauge("rollcall.findings.callers", () => findings.Callers, "{caller}", "Callers that avoid an instance of a service, counted once for each service.");
        _ignored = meter.CreateCounter<long>("rollcall.findings.ignored", "{report}", "Reports of callers that were not heard, by why.");
        _marks = meter.CreateCounter<long>("rollcall.findings.marks", "{mark}", "Instances marked not ready because enough callers avoid them.");
        _marks.Add(0);
    }

    /// <summary>A report was not heard, as <see cref="Malformed"/> or <see cref="TooMany"/>.</summary>
    public void Ignored(KeyValuePair<string, object?> reason) => _ignored.Add(1, reason);

    /// <summary>Callers marked an instance not ready.</summary>
    public void Marked() => _marks.Add(1);
}
