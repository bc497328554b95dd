namespace Rollcall.Pooling;

/// <summary>
/// The time as it was up to half a second ago, for one memory read instead of a clock's 25 ns or more. For when a connection came back: it is taken for a little
/// more rested than it is, also after the process was stopped for a while, which errs on the side of looking at it once more.
/// </summary>
internal sealed class CoarseClock : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    private readonly ITimer _timer;
    private long _now;

    public CoarseClock(TimeProvider time)
    {
        _now = time.GetTimestamp();
        _timer = time.CreateTimer(_ => Volatile.Write(ref _now, time.GetTimestamp()), null, Period, Period);
    }

    /// <summary>A timestamp.</summary>
    public long Now => Volatile.Read(ref _now);

    public void Dispose() => _timer.Dispose();
}
