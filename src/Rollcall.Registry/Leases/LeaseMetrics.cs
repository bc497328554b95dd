using System.Diagnostics.Metrics;

namespace Rollcall.Registry.Leases;

/// <summary>What leases tell of themselves, on the meter <c>Rollcall.Registry</c>.</summary>
internal sealed class LeaseMetrics
{
    private readonly Counter<long> _expirations;
    private readonly Counter<long> _removals;
    private readonly Histogram<double> _lateness;

    public LeaseMetrics(IMeterFactory meters, LeaseTable table)
    {
        var meter = meters.Create("Rollcall.Registry");
        _expirations = meter.CreateCounter<long>("rollcall.leases.expirations", "{lease}", "Leases written as expired.");
        _removals = meter.CreateCounter<long>("rollcall.leases.removals", "{lease}", "Instances taken away after they had been expired for long.");
        _lateness = meter.CreateHistogram(
            "rollcall.leases.expiration.lateness",
            "s",
            "Time from a lease's deadline to its expiry being written.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 10] });
        meter.CreateObservableUpDownCounter("rollcall.leases.count", () => table.Count, "{lease}", "Leases held, expired ones too.");
        meter.CreateObservableGauge("rollcall.leases.guard.active", () => table.Guard.Active ? 1 : 0, "1", "1 while the mass-expiry guard suspends expiry, else 0.");
        meter.CreateObservableUpDownCounter("rollcall.leases.guard.held", () => table.Guard.HeldLeases, "{lease}", "Overdue leases the guard keeps.");
    }

    public void Expired(TimeSpan lateness)
    {
        _expirations.Add(1);
        _lateness.Record(lateness.TotalSeconds);
    }

    public void Removed(int count) => _removals.Add(count);
}
