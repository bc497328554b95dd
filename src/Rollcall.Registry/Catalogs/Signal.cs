namespace Rollcall.Registry.Catalogs;

/// <summary>
/// Tells any number of waiters that something moved, at the cost of one object per move however many wait and of nothing when none does.
/// A waiter takes <see cref="Next"/> first, then looks, then awaits: so it cannot miss a move between looking and waiting.
/// </summary>
internal sealed class Signal
{
    private TaskCompletionSource? _next;

    /// <summary>Completes at the next <see cref="Raise"/>.</summary>
    public Task Next()
    {
        if (Volatile.Read(ref _next) is { } waiting)
            return waiting.Task;
        var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (Interlocked.CompareExchange(ref _next, made, null) ?? made).Task;
    }

    /// <summary>Wakes all who wait. They run on the thread pool, never on the caller.</summary>
    public void Raise() => Interlocked.Exchange(ref _next, null)?.TrySetResult();
}
