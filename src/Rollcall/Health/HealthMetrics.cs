using System.Diagnostics.Metrics;

namespace Rollcall.Health;

/// <summary>What the health of endpoints tells: who is avoided and why, and when too few are left.</summary>
internal sealed class HealthMetrics
{
    public const string MeterName = "Rollcall";

    private static readonly KeyValuePair<string, object?>[] Reasons =
        [.. Enum.GetValues<AvoidReason>().Select(static reason => new KeyValuePair<string, object?>("rollcall.reason", reason.ToText()))];

    private readonly Counter<long> _avoidances;
    private readonly Counter<long> _spared;
    private readonly Counter<long> _panics;
    private readonly Counter<long> _probes;

    public HealthMetrics(IMeterFactory? meters)
    {
        // Without a factory the meter has no listener and costs nothing.
        Meter = meters?.Create(MeterName) ?? new Meter(MeterName);
        _avoidances = Meter.CreateCounter<long>("rollcall.health.ejections", "{ejection}", "Endpoints that were avoided for a while, or once more, by reason.");
        _spared = Meter.CreateCounter<long>("rollcall.health.ejections.spared", "{ejection}", "Endpoints that were not ejected because too many were already, by reason.");
        _panics = Meter.CreateCounter<long>("rollcall.health.panics", "{panic}", "How often so few endpoints of a set were left that ejected ones were used as well.");
        _probes = Meter.CreateCounter<long>("rollcall.health.probes", "{probe}", "Probes of avoided and idle endpoints, by what they found.");
    }

    public Meter Meter { get; }

    public void Probed(bool isWell) => _probes.Add(1, new KeyValuePair<string, object?>("rollcall.outcome", isWell ? "well" : "failed"));

    /// <summary>Who is avoided at present, asked for when somebody looks.</summary>
    public void Observe(Func<IEnumerable<Avoidance>> avoided, Func<int> panicking)
    {
        Meter.CreateObservableGauge(
            "rollcall.health.avoided",
            () =>
            {
                var counts = new long[Reasons.Length];
                foreach (var avoidance in avoided())
                    counts[(int)avoidance.Reason]++;
                return counts.Select(static (count, i) => new Measurement<long>(count, Reasons[i]));
            },
            "{endpoint}",
            "Endpoints that are avoided, by reason.");
        Meter.CreateObservableGauge("rollcall.health.panicking", () => (long)panicking(), "{target}", "Targets of which so few endpoints are left that ejected ones are used as well.");
    }

    public void Avoided(AvoidReason reason) => _avoidances.Add(1, Reasons[(int)reason]);

    public void Spared(AvoidReason reason) => _spared.Add(1, Reasons[(int)reason]);

    public void Panicked() => _panics.Add(1);
}
