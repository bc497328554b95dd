using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Rollcall.Node.Telemetry;

/// <summary>How the values of an instrument are told.</summary>
internal enum SeriesKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>All time series of one instrument.</summary>
internal sealed class InstrumentSeries
{
    private static readonly double[] SecondsBounds =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private static readonly double[] BytesBounds = [256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216];
    private static readonly double[] CountBounds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

    private readonly ConcurrentDictionary<TagSet, Series> _tagged = new(TagSet.Comparer.Instance);
    private readonly ConcurrentDictionary<TagSet, Series>.AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>> _byTags;
    private readonly Lazy<Series> _untagged;
    private readonly double[] _bounds;
    private readonly bool _adds;
    private readonly bool _isObserved;

    public InstrumentSeries(Instrument instrument)
    {
        var type = instrument.GetType();
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        Kind = definition == typeof(Histogram<>) ? SeriesKind.Histogram
            : definition == typeof(Counter<>) || definition == typeof(ObservableCounter<>) ? SeriesKind.Counter
            : SeriesKind.Gauge;
        // Steps are summed; what is observed, and a gauge that is set, tells the whole.
        _adds = definition == typeof(Counter<>) || definition == typeof(UpDownCounter<>);
        _isObserved = instrument.IsObservable;
        Name = PrometheusNames.Of(instrument.Name, instrument.Unit, Kind);
        Help = instrument.Description ?? "";
        _bounds = instrument.Unit switch { "s" => SecondsBounds, "By" => BytesBounds, _ => CountBounds };
        _byTags = _tagged.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
        _untagged = new Lazy<Series>(Make);
    }

    /// <summary>How its values are told.</summary>
    public SeriesKind Kind { get; }

    /// <summary>Its name as Prometheus spells it.</summary>
    public string Name { get; }

    /// <summary>What it measures.</summary>
    public string Help { get; }

    /// <summary>Every series with its tags.</summary>
    public IEnumerable<(TagSet Tags, Series Series)> All =>
        (_untagged.IsValueCreated ? new[] { (new TagSet([]), _untagged.Value) } : [])
        .Concat(_tagged.Select(static pair => (pair.Key, pair.Value)));

    /// <summary>Takes a measurement.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            _untagged.Value.Record(value);
            return;
        }

        if (!_byTags.TryGetValue(tags, out var series))
        {
            _byTags.TryAdd(tags, Make());
            series = _byTags[tags];
        }

        series.Record(value);
    }

    /// <summary>Before its values are asked for; see <see cref="EndRound"/>.</summary>
    public void BeginRound()
    {
        if (!_isObserved)
            return;
        foreach (var (_, series) in _tagged)
            ((LastSeries)series).IsTold = false;
    }

    /// <summary>What was not told when it was asked for is there no more: a route that is gone must not be told for ever.</summary>
    public void EndRound()
    {
        if (!_isObserved)
            return;
        foreach (var (tags, series) in _tagged)
        {
            if (!((LastSeries)series).IsTold)
                _tagged.TryRemove(tags, out _);
        }
    }

    private Series Make() => Kind == SeriesKind.Histogram ? new HistogramSeries(_bounds) : _adds ? new SumSeries() : new LastSeries();
}
