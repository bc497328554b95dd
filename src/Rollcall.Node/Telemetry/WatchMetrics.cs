using System.Diagnostics.Metrics;

namespace Rollcall.Node.Telemetry;

/// <summary>How watchers fare: who waits, what they were told and how long after the write.</summary>
internal sealed class WatchMetrics
{
    private static readonly KeyValuePair<string, object?> Poll = new("kind", "poll");
    private static readonly KeyValuePair<string, object?> Stream = new("kind", "stream");

    /// <summary>The service changed.</summary>
    public static readonly KeyValuePair<string, object?> Changed = new("reason", "changed");

    /// <summary>The wait was over.</summary>
    public static readonly KeyValuePair<string, object?> TimedOut = new("reason", "timeout");

    /// <summary>The node stops.</summary>
    public static readonly KeyValuePair<string, object?> Stopping = new("reason", "stopping");

    /// <summary>The client went away.</summary>
    public static readonly KeyValuePair<string, object?> Gone = new("reason", "gone");

    private readonly Histogram<double> _lag;
    private readonly Counter<long> _answers;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _startOvers;

    public WatchMetrics(IMeterFactory meters, Func<int> waiting)
    {
        var meter = meters.Create(NodeMeter.Name);
        _lag = meter.CreateHistogram<double>("rollcall.watch.notify.duration", "s", "Time from a change's commit to its hand-over to a watcher's connection.");
        _answers = meter.CreateCounter<long>("rollcall.watch.answers", "{answer}", "Blocking queries that had to wait, by what ended them.");
        _refused = meter.CreateCounter<long>("rollcall.watch.refused", "{request}", "Requests refused because too many wait.");
        _startOvers = meter.CreateCounter<long>("rollcall.watch.start_overs", "{stream}", "Event streams that had to start over from a snapshot.");
        meter.CreateObservableGauge("rollcall.watch.waiting", waiting, "{request}", "Requests that wait on purpose now: blocking queries, event streams, drains.");
    }

    /// <summary>A blocking query was told of a change.</summary>
    public void PollNotified(TimeSpan sinceChange) => _lag.Record(Positive(sinceChange), Poll);

    /// <summary>A stream was sent a change.</summary>
    public void StreamNotified(TimeSpan sinceChange) => _lag.Record(Positive(sinceChange), Stream);

    /// <summary>A blocking query that had to wait ended, by <see cref="Changed"/>, <see cref="TimedOut"/>, <see cref="Stopping"/> or <see cref="Gone"/>.</summary>
    public void PollEnded(KeyValuePair<string, object?> reason) => _answers.Add(1, reason);

    /// <summary>A request was refused because too many wait.</summary>
    public void Refused() => _refused.Add(1);

    /// <summary>A stream starts over from a snapshot.</summary>
    public void StartedOver() => _startOvers.Add(1);

    // The clock of people may be set back between a change and its delivery.
    private static double Positive(TimeSpan time) => Math.Max(0, time.TotalSeconds);
}
