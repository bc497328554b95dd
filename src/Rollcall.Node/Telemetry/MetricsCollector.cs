using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Rollcall.Node.Telemetry;

/// <summary>Listens to the meters of this node, and of no other node in the process, and keeps their values.</summary>
internal sealed class MetricsCollector : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _collecting = new();
    private readonly ConcurrentQueue<InstrumentSeries> _instruments = new();

    public MetricsCollector(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!instrument.Meter.Name.StartsWith("Rollcall.", StringComparison.Ordinal) || !ReferenceEquals(instrument.Meter.Scope, meters))
                return;
            var series = new InstrumentSeries(instrument);
            _instruments.Enqueue(series);
            listener.EnableMeasurementEvents(instrument, series);
        };
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((InstrumentSeries)state!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>Every instrument, in order of name, with the values of now.</summary>
    public IReadOnlyList<InstrumentSeries> Collect()
    {
        lock (_collecting)
        {
            foreach (var instrument in _instruments)
                instrument.BeginRound();
            _listener.RecordObservableInstruments();
            foreach (var instrument in _instruments)
                instrument.EndRound();
        }

        return [.. _instruments.OrderBy(static instrument => instrument.Name, StringComparer.Ordinal)];
    }

    /// <inheritdoc />
    public void Dispose() => _listener.Dispose();
}
