using System.Collections.Concurrent;

namespace Rollcall.Http;

/// <summary>Timers of tries for use again, so that a request need not make one. Bounded: what is over is let go.</summary>
internal sealed class TryTimerPool(TimeProvider time, HttpMetrics metrics) : IDisposable
{
    private const int MaxIdle = 1_024;

    private readonly ConcurrentQueue<TryTimer> _idle = new();
    private int _count;

    public TryTimer Rent()
    {
        if (!_idle.TryDequeue(out var timer))
            return new TryTimer(time, metrics);
        Interlocked.Decrement(ref _count);
        return timer;
    }

    /// <summary>Takes a stopped timer back.</summary>
    /// <param name="timer">The timer.</param>
    /// <param name="mayReuse">False when its token is cancelled, or may still be in somebody's hands.</param>
    public void Return(TryTimer timer, bool mayReuse)
    {
        if (!mayReuse || Interlocked.Increment(ref _count) > MaxIdle)
        {
            if (mayReuse)
                Interlocked.Decrement(ref _count);
            timer.Dispose();
            return;
        }

        _idle.Enqueue(timer);
    }

    public void Dispose()
    {
        while (_idle.TryDequeue(out var timer))
            timer.Dispose();
    }
}
