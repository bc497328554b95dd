using System.Diagnostics.Metrics;

namespace Rollcall.Registry.Checks;

/// <summary>What checks tell of themselves, on the meter <c>Rollcall.Registry</c>.</summary>
internal sealed class CheckMetrics
{
    private readonly Counter<long> _results;
    private readonly Histogram<double> _duration;
    private readonly UpDownCounter<int> _running;

    public CheckMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Rollcall.Registry");
        _results = meter.CreateCounter<long>("rollcall.checks.results", "{check}", "Checks made, by kind and result.");
        _duration = meter.CreateHistogram(
            "rollcall.checks.duration",
            "s",
            "How long a check took, by kind and result.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 5, 10, 60] });
        _running = meter.CreateUpDownCounter<int>("rollcall.checks.running", "{check}", "Checks under way.");
    }

    public void Started() => _running.Add(1);

    public void Ended() => _running.Add(-1);

    public void Completed(CheckKind kind, bool passed, TimeSpan took)
    {
        var kindTag = new KeyValuePair<string, object?>("kind", kind == CheckKind.Http ? "http" : "tcp");
        var resultTag = new KeyValuePair<string, object?>("result", passed ? "passed" : "failed");
        _results.Add(1, kindTag, resultTag);
        _duration.Record(took.TotalSeconds, kindTag, resultTag);
    }
}
