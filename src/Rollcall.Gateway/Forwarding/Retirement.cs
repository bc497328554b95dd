namespace Rollcall.Gateway.Forwarding;

/// <summary>
/// Disposes of what a new configuration has no use for, but not at once: a request that has found its route may still wait for its turn, or for the rest of its body, and use it then. What
/// it has begun is finished even after; connections in use are closed when they are given back, idle ones long before.
/// </summary>
internal sealed class Retirement(TimeProvider time) : IDisposable
{
    public static readonly TimeSpan After = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly HashSet<ITimer> _timers = [];
    private readonly HashSet<IDisposable> _items = [];
    private bool _isDisposed;

    public void Add(IDisposable item)
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _items.Add(item);
                ITimer? timer = null;
                timer = time.CreateTimer(_ => End(timer!, item), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _timers.Add(timer);
                timer.Change(After, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        item.Dispose();
    }

    public void Dispose()
    {
        IDisposable[] left;
        lock (_gate)
        {
            _isDisposed = true;
            left = [.. _items, .. _timers];
            _items.Clear();
            _timers.Clear();
        }

        foreach (var item in left)
            item.Dispose();
    }

    private void End(ITimer timer, IDisposable item)
    {
        lock (_gate)
        {
            if (!_items.Remove(item))
                return;
            _timers.Remove(timer);
        }

        timer.Dispose();
        item.Dispose();
    }
}
