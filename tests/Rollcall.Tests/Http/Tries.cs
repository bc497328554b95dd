using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Rollcall.Http;

namespace Rollcall.Tests.Http;

/// <summary>Counts what the metrics say, by instrument and by outcome.</summary>
internal sealed class Tries : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public Tries(HttpMetrics metrics)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, metrics.Meter))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var tag = tags.Length == 0 ? "" : (string)tags[0].Value!;
            _counts.AddOrUpdate(instrument.Name == "rollcall.client.tries" ? tag : $"{instrument.Name} {tag}".Trim(), value, (_, sum) => sum + value);
        });
        _listener.Start();
    }

    public long this[string key] => _counts.GetValueOrDefault(key);

    public IEnumerable<string> Keys => _counts.Keys.Order(StringComparer.Ordinal);

    public void Dispose() => _listener.Dispose();
}
