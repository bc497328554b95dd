namespace Rollcall.Node.Telemetry;

/// <summary>The value of one time series. Thread-safe; recording neither locks nor allocates.</summary>
internal abstract class Series
{
    /// <summary>Takes a measurement.</summary>
    public abstract void Record(double value);

    /// <summary>Adds to a double that others add to as well.</summary>
    protected static void Add(ref double target, double value)
    {
        var seen = Volatile.Read(ref target);
        while (true)
        {
            var before = Interlocked.CompareExchange(ref target, seen + value, seen);
            if (BitConverter.DoubleToInt64Bits(before) == BitConverter.DoubleToInt64Bits(seen))
                return;
            seen = before;
        }
    }
}

/// <summary>A sum of measurements.</summary>
internal sealed class SumSeries : Series
{
    private double _value;

    public double Value => Volatile.Read(ref _value);

    public override void Record(double value) => Add(ref _value, value);
}

/// <summary>The newest measurement.</summary>
internal sealed class LastSeries : Series
{
    private double _value;

    public double Value => Volatile.Read(ref _value);

    /// <summary>Whether it was told when the instrument was asked last.</summary>
    public bool IsTold { get; set; }

    public override void Record(double value)
    {
        Volatile.Write(ref _value, value);
        IsTold = true;
    }
}

/// <summary>Measurements counted into fixed buckets.</summary>
internal sealed class HistogramSeries(double[] bounds) : Series
{
    private readonly long[] _counts = new long[bounds.Length + 1];
    private double _sum;

    /// <summary>The upper bounds, ascending, each inclusive; one more bucket holds what is beyond the last.</summary>
    public ReadOnlySpan<double> Bounds => bounds;

    public double Sum => Volatile.Read(ref _sum);

    public long CountOf(int bucket) => Volatile.Read(ref _counts[bucket]);

    public override void Record(double value)
    {
        var bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket])
            bucket++;
        Interlocked.Increment(ref _counts[bucket]);
        Add(ref _sum, value);
    }
}
