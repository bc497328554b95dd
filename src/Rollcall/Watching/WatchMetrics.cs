using System.Diagnostics.Metrics;

namespace Rollcall.Watching;

/// <summary>What the watches of this process tell: how many live, how often they change, fail and doubt.</summary>
internal sealed class WatchMetrics
{
    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _snapshots;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _projectionFailures;

    public WatchMetrics(IMeterFactory? factory, Func<IEnumerable<Measurement<double>>> snapshotAges)
    {
        // Without a factory the meter has no listener and costs nothing.
        var options = new MeterOptions(MeterName);
        var meter = factory?.Create(options) ?? new Meter(options);
        _active = meter.CreateUpDownCounter<long>("rollcall.watch.active", "{watch}", "Shared watches that run.");
        _snapshots = meter.CreateCounter<long>("rollcall.watch.snapshots", "{snapshot}", "Snapshots published, by freshness.");
        _failures = meter.CreateCounter<long>("rollcall.source.failures", "{attempt}", "Failed attempts to read a source.");
        _projectionFailures = meter.CreateCounter<long>("rollcall.watch.projection.failures", "{failure}", "Values that could not be computed from a snapshot.");
        meter.CreateObservableGauge(
            "rollcall.watch.snapshot.age", snapshotAges, "s", "Time since the oldest snapshot in use that is stale was last confirmed; 0 when none is.");
    }

    public const string MeterName = "Rollcall";

    public const string SchemeTag = "rollcall.scheme";

    public void WatchStarted(string scheme) => _active.Add(1, Scheme(scheme));

    public void WatchEnded(string scheme) => _active.Add(-1, Scheme(scheme));

    public void Snapshot(string scheme, FreshnessKind freshness) =>
        _snapshots.Add(1, Scheme(scheme), new("rollcall.freshness", freshness switch
        {
            FreshnessKind.Live => "live",
            FreshnessKind.Stale => "stale",
            _ => "fallback",
        }));

    public void SourceFailed(string scheme) => _failures.Add(1, Scheme(scheme));

    public void ProjectionFailed(string scheme) => _projectionFailures.Add(1, Scheme(scheme));

    // Schemes form a closed set: a target whose scheme no source answers for never gets as far as a watch.
    private static KeyValuePair<string, object?> Scheme(string scheme) => new(SchemeTag, scheme);
}
