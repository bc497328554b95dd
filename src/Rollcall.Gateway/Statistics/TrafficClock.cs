namespace Rollcall.Gateway.Statistics;

/// <summary>Timestamps of a clock as time since it was first looked at: what windows are counted in.</summary>
internal sealed class TrafficClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private readonly double _ticksPerStep = (double)TimeSpan.TicksPerSecond / time.TimestampFrequency;

    public long Now => time.GetTimestamp();

    /// <summary>Which second a timestamp is in, from 0.</summary>
    public uint SecondOf(long timestamp) => (uint)((timestamp - _start) / time.TimestampFrequency);

    public TimeSpan Between(long start, long end) => new((long)((end - start) * _ticksPerStep));
}
