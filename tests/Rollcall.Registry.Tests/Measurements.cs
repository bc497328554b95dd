using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Rollcall.Registry.Tests;

/// <summary>A meter factory that keeps what is measured, by instrument.</summary>
internal sealed class Measurements : IMeterFactory
{
    private readonly ConcurrentBag<Meter> _meters = [];
    private readonly ConcurrentQueue<Measurement> _all = new();
    private readonly MeterListener _listener = new();

    public Measurements()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == this)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>(Add);
        _listener.Start();
    }

    /// <summary>What one instrument measured, in order; observable ones are asked first.</summary>
    public IReadOnlyList<Measurement> Of(string instrument)
    {
        _listener.RecordObservableInstruments();
        return [.. _all.Where(measurement => measurement.Name == instrument)];
    }

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var meter in _meters)
            meter.Dispose();
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state = null) =>
        _all.Enqueue(new Measurement(instrument.Name, instrument.Unit, value, string.Join(',', tags.ToArray().Select(static tag => $"{tag.Key}={tag.Value}"))));

    internal sealed record Measurement(string Name, string? Unit, double Value, string Tags);
}
