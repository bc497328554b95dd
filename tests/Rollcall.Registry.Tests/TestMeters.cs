using System.Diagnostics.Metrics;

namespace Rollcall.Registry.Tests;

/// <summary>Meters of one test, and what was measured by them.</summary>
internal sealed class TestMeters : IMeterFactory
{
    private readonly Dictionary<string, Meter> _meters = [];
    private readonly List<(string Instrument, double Value, string Tags)> _measured = [];
    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();

    public TestMeters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == this)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>(Note);
        _listener.SetMeasurementEventCallback<long>(Note);
        _listener.SetMeasurementEventCallback<double>(Note);
        _listener.Start();
    }

    public List<(string Instrument, double Value, string Tags)> Measured
    {
        get
        {
            _listener.RecordObservableInstruments();
            lock (_gate)
                return [.. _measured];
        }
    }

    public double Sum(string instrument, string tags = "") =>
        Measured.Where(m => m.Instrument == instrument && m.Tags == tags).Sum(static m => m.Value);

    public double Last(string instrument, string tags = "") =>
        Measured.Last(m => m.Instrument == instrument && m.Tags == tags).Value;

    public Meter Create(MeterOptions options)
    {
        lock (_gate)
        {
            if (!_meters.TryGetValue(options.Name, out var meter))
                _meters.Add(options.Name, meter = new Meter(options.Name, options.Version, options.Tags, scope: this));
            return meter;
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var meter in _meters.Values)
            meter.Dispose();
    }

    private void Note<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        where T : struct, IConvertible
    {
        var text = string.Join(',', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}"));
        lock (_gate)
            _measured.Add((instrument.Name, value.ToDouble(null), text));
    }
}
