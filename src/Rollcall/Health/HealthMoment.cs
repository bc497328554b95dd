using System.Runtime.InteropServices;

namespace Rollcall.Health;

/// <summary>A time for clocks and for people.</summary>
/// <param name="Timestamp">As the clock counts.</param>
/// <param name="Frequency">How far the clock counts in a second.</param>
/// <param name="Utc">The same time for people (UTC).</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HealthMoment(long Timestamp, long Frequency, DateTimeOffset Utc)
{
    public static HealthMoment Of(TimeProvider time) => new(time.GetTimestamp(), time.TimestampFrequency, time.GetUtcNow());

    /// <summary>The timestamp a while later.</summary>
    public long After(TimeSpan length) => Timestamp + (long)(length.TotalSeconds * Frequency);

    /// <summary>Another timestamp a while later.</summary>
    public long Later(long timestamp, TimeSpan length) => timestamp + (long)(length.TotalSeconds * Frequency);

    /// <summary>How long ago a timestamp was.</summary>
    public TimeSpan Since(long timestamp) => TimeSpan.FromSeconds((double)(Timestamp - timestamp) / Frequency);
}
