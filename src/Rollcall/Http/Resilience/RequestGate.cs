namespace Rollcall.Http.Resilience;

/// <summary>
/// How many tries may be under way to a service, and the queue of those that wait, first come first served. Whoever waits is told when there may be room, and looks
/// again; newcomers do not overtake. Thread-safe.
/// </summary>
internal sealed class RequestGate(int maxRequests, int maxQueue)
{
    // Who waits looks by himself now and then: others in the process may send to the same endpoints, and tell nobody here when they are done.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = [];
    private int _entered;
    private int _waiters;

    /// <summary>One more, if that is not too many. Pair with <see cref="Leave"/> or <see cref="Withdraw"/>.</summary>
    /// <param name="always">True for one that was in already and goes on: it enters even when that is one too many.</param>
    public bool TryEnter(bool always = false)
    {
        if (maxRequests == 0)
            return true;
        if (always)
        {
            Interlocked.Increment(ref _entered);
            return true;
        }

        // Not counted until it may enter: one that is refused must not be in the way of another.
        var entered = Volatile.Read(ref _entered);
        while (entered < maxRequests)
        {
            var seen = Interlocked.CompareExchange(ref _entered, entered + 1, entered);
            if (seen == entered)
                return true;
            entered = seen;
        }

        return false;
    }

    /// <summary>One that has entered is over: the first who waits may look.</summary>
    public void Leave()
    {
        Withdraw();
        if (Volatile.Read(ref _waiters) > 0)
            WakeFirst();
    }

    /// <summary>One that has entered has found nowhere to go. Wakes nobody: others would find no more.</summary>
    public void Withdraw()
    {
        if (maxRequests != 0)
            Interlocked.Decrement(ref _entered);
    }

    /// <summary>Takes something for which there must be room, and waits for it in turn.</summary>
    /// <param name="tryTake">Takes it; null when there is no room.</param>
    /// <param name="state">What it needs.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What was taken; refused when too many wait already.</returns>
    public async ValueTask<(TResult? Taken, bool IsRefused)> TakeAsync<TState, TResult>(
        Func<TState, TResult?> tryTake, TState state, TimeProvider time, CancellationToken cancellationToken)
        where TResult : class
    {
        if (Volatile.Read(ref _waiters) == 0 && tryTake(state) is { } atOnce)
            return (atOnce, false);
        if (Queue(atFront: false) is not { } place)
            return (null, true);
        TResult? taken = null;
        var isWakeUsed = false;
        try
        {
            // Somebody may have left between the look and the queue.
            while (!IsFirst(place) || (taken = tryTake(state)) is null)
            {
                if (!await WaitAsync(place.Value.Task, time, cancellationToken).ConfigureAwait(false))
                    continue;

                // To be woken is to have been first, and to leave the queue.
                if ((taken = tryTake(state)) is not null)
                {
                    isWakeUsed = true;
                    break;
                }

                place = Queue(atFront: true)!;
            }

            return (taken, false);
        }
        finally
        {
            Unqueue(place, passOn: !isWakeUsed);
        }
    }

    // False when nobody said that there is room.
    private static async ValueTask<bool> WaitAsync(Task woken, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await woken.WaitAsync(LookAgain, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private LinkedListNode<TaskCompletionSource>? Queue(bool atFront)
    {
        var place = new LinkedListNode<TaskCompletionSource>(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
        {
            if (atFront)
                _waiting.AddFirst(place);
            else if (_waiting.Count < maxQueue)
                _waiting.AddLast(place);
            else
                return null;
            Volatile.Write(ref _waiters, _waiting.Count);
        }

        return place;
    }

    private bool IsFirst(LinkedListNode<TaskCompletionSource> place)
    {
        lock (_lock)
            return ReferenceEquals(_waiting.First, place);
    }

    // What it was woken for and has no use for is passed on.
    private void Unqueue(LinkedListNode<TaskCompletionSource> place, bool passOn)
    {
        lock (_lock)
        {
            if (place.List is not null)
            {
                _waiting.Remove(place);
                Volatile.Write(ref _waiters, _waiting.Count);
                return;
            }
        }

        if (passOn)
            WakeFirst();
    }

    private void WakeFirst()
    {
        TaskCompletionSource waiter;
        lock (_lock)
        {
            if (_waiting.First is not { } first)
                return;
            _waiting.RemoveFirst();
            Volatile.Write(ref _waiters, _waiting.Count);
            waiter = first.Value;
        }

        waiter.TrySetResult();
    }
}
