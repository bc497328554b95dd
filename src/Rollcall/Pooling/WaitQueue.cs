using Rollcall.Watching;

namespace Rollcall.Pooling;

/// <summary>A caller that waits for a connection.</summary>
/// <param name="ticket">Grows with every caller.</param>
internal sealed class Waiter<T>(long ticket)
    where T : class
{
    public long Ticket { get; } = ticket;

    /// <summary>Told when a connection was given, or when it is worth to look again.</summary>
    public Signal Changed { get; } = new();

    /// <summary>What was given; set and taken under the store's lock.</summary>
    public PoolSlot<T>? Given { get; set; }
}

/// <summary>
/// Who waits, in the order of their coming. Only the first acts: it takes what it finds, or is given what comes back. Used under the store's lock, but for <see cref="Count"/>.
/// </summary>
internal sealed class WaitQueue<T>
    where T : class
{
    private readonly LinkedList<Waiter<T>> _waiters = [];
    private int _count;

    /// <summary>How many wait. One volatile read.</summary>
    public int Count => Volatile.Read(ref _count);

    public Waiter<T>? First => _waiters.First?.Value;

    /// <summary>Puts a waiter at its place, which is the last one unless it was here before. A full fence.</summary>
    public void Enter(Waiter<T> waiter)
    {
        var before = _waiters.Last;
        while (before is not null && before.Value.Ticket > waiter.Ticket)
            before = before.Previous;
        if (before is null)
            _waiters.AddFirst(waiter);
        else
            _waiters.AddAfter(before, waiter);
        Interlocked.Exchange(ref _count, _waiters.Count);
    }

    public bool Leave(Waiter<T> waiter)
    {
        var wasHere = _waiters.Remove(waiter);
        Interlocked.Exchange(ref _count, _waiters.Count);
        return wasHere;
    }
}
