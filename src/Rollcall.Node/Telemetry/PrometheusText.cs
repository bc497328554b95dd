using System.Buffers;
using System.Globalization;
using System.Text;

namespace Rollcall.Node.Telemetry;

/// <summary>Writes the Prometheus text format, version 0.0.4.</summary>
internal sealed class PrometheusText(IBufferWriter<byte> output)
{
    /// <summary>The media type of the format.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _line = new();

    /// <summary>Begins a metric.</summary>
    public void Begin(string name, string help, SeriesKind kind)
    {
        _line.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal));
        End();
        _line.Append("# TYPE ").Append(name).Append(kind switch
        {
            SeriesKind.Counter => " counter",
            SeriesKind.Gauge => " gauge",
            _ => " histogram",
        });
        End();
    }

    /// <summary>Writes a metric that is one number.</summary>
    public void Write(string name, string help, SeriesKind kind, double value)
    {
        Begin(name, help, kind);
        Sample(name, value);
    }

    /// <summary>Writes one sample.</summary>
    public void Sample(string name, double value, params ReadOnlySpan<(string Key, string Value)> labels)
    {
        _line.Append(name);
        for (var i = 0; i < labels.Length; i++)
            Label(i == 0, labels[i].Key, labels[i].Value);
        Value(labels.Length > 0, value);
    }

    /// <summary>Writes every series of an instrument.</summary>
    public void Write(InstrumentSeries instrument)
    {
        Begin(instrument.Name, instrument.Help, instrument.Kind);
        foreach (var (tags, series) in instrument.All)
        {
            switch (series)
            {
                case HistogramSeries histogram:
                    Write(instrument.Name, tags, histogram);
                    break;
                case SumSeries sum:
                    Write(instrument.Name, tags, sum.Value);
                    break;
                case LastSeries last:
                    Write(instrument.Name, tags, last.Value);
                    break;
            }
        }
    }

    private void Write(string name, TagSet tags, double value, string? bound = null)
    {
        _line.Append(name);
        var first = true;
        foreach (ref readonly var tag in tags.Tags)
        {
            Label(first, tag.Key, Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "");
            first = false;
        }

        if (bound is not null)
        {
            Label(first, "le", bound);
            first = false;
        }

        Value(!first, value);
    }

    // Buckets are read one by one while others count: each line is the sum of what was read, so that they never contradict each other.
    private void Write(string name, TagSet tags, HistogramSeries histogram)
    {
        var count = 0L;
        for (var i = 0; i < histogram.Bounds.Length; i++)
        {
            count += histogram.CountOf(i);
            Write(name + "_bucket", tags, count, Number(histogram.Bounds[i]));
        }

        count += histogram.CountOf(histogram.Bounds.Length);
        Write(name + "_bucket", tags, count, "+Inf");
        Write(name + "_sum", tags, histogram.Sum);
        Write(name + "_count", tags, count);
    }

    private void Label(bool first, string key, string value)
    {
        _line.Append(first ? '{' : ',');
        foreach (var c in key)
            _line.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        _line.Append("=\"");
        foreach (var c in value)
        {
            _ = c switch
            {
                '\\' => _line.Append("\\\\"),
                '"' => _line.Append("\\\""),
                '\n' => _line.Append("\\n"),
                _ => _line.Append(c),
            };
        }

        _line.Append('"');
    }

    private void Value(bool labelled, double value)
    {
        _line.Append(labelled ? "} " : " ").Append(Number(value));
        End();
    }

    private void End()
    {
        _line.Append('\n');
        foreach (var chunk in _line.GetChunks())
            Encoding.UTF8.GetBytes(chunk.Span, output);
        _line.Clear();
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
