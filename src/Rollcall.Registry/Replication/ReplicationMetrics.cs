using System.Diagnostics.Metrics;

namespace Rollcall.Registry.Replication;

/// <summary>What the write path measures.</summary>
internal sealed class ReplicationMetrics
{
    public const string MeterName = "Rollcall.Registry";

    private static readonly KeyValuePair<string, object?>[] KindTags = MakeKindTags();

    private readonly Counter<long> _changes;
    private readonly Counter<long> _failedBatches;
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _append;

    public ReplicationMetrics(IMeterFactory meters, Func<int> queueLength)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(MeterName);
        _changes = meter.CreateCounter<long>("rollcall.registry.changes", "{change}", "Committed changes.");
        _failedBatches = meter.CreateCounter<long>("rollcall.registry.write.failed_batches", "{batch}", "Batches the journal could not make safe.");
        _batchSize = meter.CreateHistogram<int>("rollcall.registry.write.batch_size", "{change}", "Changes made safe by one write of the journal.");
        _duration = meter.CreateHistogram<double>("rollcall.registry.write.duration", "s", "Time from asking for a write to its acknowledgement.");
        _append = meter.CreateHistogram<double>("rollcall.journal.append.duration", "s", "Time to make one batch safe: the write and, by durability, the flush.");
        meter.CreateObservableGauge("rollcall.registry.write.queue_length", queueLength, "{write}", "Writes that wait for the journal.");
    }

    public bool MeasuresDuration => _duration.Enabled;

    public void Committed(IReadOnlyList<Change> batch)
    {
        if (_batchSize.Enabled)
            _batchSize.Record(batch.Count);
        if (!_changes.Enabled)
            return;
        for (var i = 0; i < batch.Count; i++)
            _changes.Add(1, KindTags[(int)batch[i].Kind]);
    }

    public void Appended(TimeSpan took) => _append.Record(took.TotalSeconds);

    public void Failed() => _failedBatches.Add(1);

    public void Written(TimeSpan took) => _duration.Record(took.TotalSeconds);

    private static KeyValuePair<string, object?>[] MakeKindTags()
    {
        var kinds = Enum.GetValues<ChangeKind>();
        var tags = new KeyValuePair<string, object?>[(int)kinds.Max() + 1];
        foreach (var kind in kinds)
            tags[(int)kind] = new("kind", ChangeKindText.Format(kind));
        return tags;
    }
}
