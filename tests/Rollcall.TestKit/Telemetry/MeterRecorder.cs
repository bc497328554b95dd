using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Rollcall.TestKit.Telemetry;

/// <summary>A meter factory that listens to what its meters record.</summary>
public sealed class MeterRecorder : IMeterFactory
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentBag<Meter> _meters = [];
    private readonly ConcurrentDictionary<string, Instrument> _instruments = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Name, string Tags), double> _values = new();

    public MeterRecorder()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Tests run side by side; only this factory's meters count.
            if (!ReferenceEquals(instrument.Meter.Scope, this))
                return;
            _instruments[instrument.Name] = instrument;
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    public Meter Create(MeterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    /// <summary>Asks the observable instruments.</summary>
    public void Collect() => _listener.RecordObservableInstruments();

    /// <summary>The sum of what was recorded under these tags (the last value of a gauge); tags as <c>name=value,name=value</c>.</summary>
    public double Sum(string instrument, string tags) => _values.GetValueOrDefault((instrument, tags));

    public string? Unit(string instrument) => _instruments[instrument].Unit;

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var meter in _meters)
            meter.Dispose();
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = string.Join(',', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}"));
        _values.AddOrUpdate((instrument.Name, text), value, (_, sum) => instrument.IsObservable ? value : sum + value);
    }
}
