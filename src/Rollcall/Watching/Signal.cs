namespace Rollcall.Watching;

/// <summary>
/// Wakes whoever waits. Take <see cref="Next"/> first, look at the state second, await third: then no change is missed.
/// </summary>
internal sealed class Signal
{
    private TaskCompletionSource _next = New();

    /// <summary>Completes at the next <see cref="Set"/>.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Set() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    // Continuations must not run on the thread that sets: it may be a timer's or, worse, hold a lock.
    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
