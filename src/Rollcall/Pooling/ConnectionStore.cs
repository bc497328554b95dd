using System.Collections.Immutable;

namespace Rollcall.Pooling;

/// <summary>
/// The connections of a pool and those who wait for one, within the limits. Knows nothing of endpoints' health, of choosing and of connecting. Lending and taking back
/// an idle connection take no lock; opening, closing and waiting do.
/// </summary>
/// <remarks>
/// Two races are settled by looking twice, with a full fence between. Who puts a connection back first puts it there and then looks whether somebody waits;
/// who waits first says so and then looks for a connection: at least one of them sees the other. The same holds for retiring.
/// </remarks>
internal sealed class ConnectionStore<T>
    where T : class
{
    private readonly Lock _gate = new();
    private readonly ServiceConnectionPool<T> _pool;
    private readonly Func<EndpointConnections<T>, bool> _mayGive;
    private readonly Action<PoolSlot<T>, CloseReason> _close;
    private readonly PoolSlot<T>?[] _slots;
    private readonly Stack<PoolSlot<T>> _free = new();
    private readonly WaitQueue<T> _queue = new();
    private readonly int _maxPerEndpoint;
    private int _made;
    private int _open;
    private int _shut;

    /// <param name="pool">Whose connections they are.</param>
    /// <param name="options">The limits.</param>
    /// <param name="mayGive">Whether who waits longest is given a connection to there without looking what else there is.</param>
    /// <param name="close">Begins to close a connection and calls <see cref="Free"/> when that is done. Must not block.</param>
    public ConnectionStore(ServiceConnectionPool<T> pool, ConnectionPoolOptions options, Func<EndpointConnections<T>, bool> mayGive, Action<PoolSlot<T>, CloseReason> close)
    {
        _pool = pool;
        _mayGive = mayGive;
        _close = close;
        _slots = new PoolSlot<T>?[options.MaxConnections];
        _maxPerEndpoint = options.MaxPerEndpoint ?? options.MaxConnections;
    }

    /// <summary>Connections that are open, being opened or being closed.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Nothing new is opened or lent, of no endpoint; what comes back is closed.</summary>
    public bool IsShut => Volatile.Read(ref _shut) != 0;

    public bool IsFull => Open >= _slots.Length;

    /// <summary>How many wait. One volatile read.</summary>
    public int Waiters => _queue.Count;

    /// <summary>Ends it all. True for the first who asks. Idle connections are to be closed with <see cref="Retire"/>.</summary>
    public bool TryShut() => Interlocked.Exchange(ref _shut, 1) == 0;

    public EndpointConnections<T> NewHome(BalancedEndpoint endpoint) => new(endpoint, _slots);

    /// <summary>Whether a connection to there is idle or may be opened, as far as one can see without the lock.</summary>
    public bool HasRoom(EndpointConnections<T> home) => !home.Idle.IsEmpty || (!IsFull && MayHaveMore(home));

    /// <summary>Whether nothing but the limit of all stands against another connection to there, as far as one can see without the lock.</summary>
    public bool MayHaveMore(EndpointConnections<T> home) => home.Open < _maxPerEndpoint && !home.IsRetired;

    /// <summary>A place for a new connection; null when a limit is reached, nothing new may be opened there, or somebody waits who came before.</summary>
    public PoolSlot<T>? TryReserve(EndpointConnections<T> home, long ticket)
    {
        lock (_gate)
        {
            if (_open >= _slots.Length || home.Open >= _maxPerEndpoint || home.IsRetired || IsShut || _queue.First?.Ticket < ticket)
                return null;
            if (!_free.TryPop(out var slot))
                slot = _slots[_made] = new PoolSlot<T>(_pool, _made++);
            Volatile.Write(ref _open, _open + 1);
            home.Open++;
            slot.Home = home;
            slot.Use = SlotUse.Opening;
            return slot;
        }
    }

    /// <summary>The place of a connection that is closed, or could not be opened, is free again.</summary>
    public void Free(PoolSlot<T> slot)
    {
        Waiter<T>? first;
        lock (_gate)
        {
            slot.Connection = null;
            slot.Use = SlotUse.Free;
            slot.Home!.Open--;
            Volatile.Write(ref _open, _open - 1);
            _free.Push(slot);
            first = _queue.First;
        }

        first?.Changed.Set();
    }

    /// <summary>Makes a connection available: to who has waited longest, or to anybody. One to an endpoint that would not be chosen now is left for who waits longest to look at.</summary>
    public void Put(PoolSlot<T> slot)
    {
        var home = slot.Home!;
        slot.Use = SlotUse.Idle;
        home.Idle.Push(slot);
        Settle(home);
    }

    /// <summary>Ends the use of these connections: idle ones are closed now, others when they come back.</summary>
    public void Retire(EndpointConnections<T> home, CloseReason reason)
    {
        home.Retire();
        CloseIdle(home, reason);
    }

    /// <summary>
    /// Goes through the idle connections to one endpoint, the one used last first. Those that are not to be kept are the caller's now; the others stay.
    /// While it lasts, who finds none comes here as well, and waits for the lock.
    /// </summary>
    /// <param name="home">The connections.</param>
    /// <param name="keep">Whether to keep one; gets its place among those found. Must be quick and no user's code.</param>
    public void Sift(EndpointConnections<T> home, Func<PoolSlot<T>, int, bool> keep)
    {
        List<PoolSlot<T>> found = [];
        lock (_gate)
        {
            while (home.Idle.Pop() is { } slot)
                found.Add(slot);
            found.Sort(static (a, b) => b.IdleSince.CompareTo(a.IdleSince));
            var place = 0;
            found.RemoveAll(slot => !keep(slot, place++));

            // The one used last is put back last, so that it is the next to be used.
            for (var i = found.Count - 1; i >= 0; i--)
                home.Idle.Push(found[i]);
        }

        Settle(home);
    }

    /// <summary>An idle connection to there, after whoever has the lock is done with it; null when there is none.</summary>
    public PoolSlot<T>? TakeIdle(EndpointConnections<T> home)
    {
        if (home.Idle.Pop() is { } slot)
            return slot;
        lock (_gate)
            return home.Idle.Pop();
    }

    /// <summary>Closes one idle connection of those given; false when there is none.</summary>
    public bool Replace(IEnumerable<EndpointConnections<T>> homes)
    {
        foreach (var home in homes)
        {
            if (home.Idle.Pop() is not { } slot)
                continue;
            _close(slot, CloseReason.Replaced);
            return true;
        }

        return false;
    }

    public void Enter(Waiter<T> waiter)
    {
        lock (_gate)
            _queue.Enter(waiter);
    }

    /// <summary>Whether it is this one's turn to look for a connection.</summary>
    public bool IsFirst(Waiter<T> waiter)
    {
        lock (_gate)
            return ReferenceEquals(_queue.First, waiter);
    }

    /// <summary>What was given to a waiter, who then waits no more; null when nothing was.</summary>
    public PoolSlot<T>? TakeGiven(Waiter<T> waiter)
    {
        lock (_gate)
        {
            var given = waiter.Given;
            waiter.Given = null;
            return given;
        }
    }

    /// <summary>Waits no more. What was given to it in the meantime is returned, and has to be put back. Does nothing for a waiter that has left.</summary>
    public PoolSlot<T>? Leave(Waiter<T> waiter)
    {
        Waiter<T>? next = null;
        PoolSlot<T>? given;
        lock (_gate)
        {
            given = waiter.Given;
            waiter.Given = null;

            // Whoever comes first now has not looked since; there may be something left.
            if (_queue.Leave(waiter))
                next = _queue.First;
        }

        next?.Changed.Set();
        return given;
    }

    /// <summary>Lets who has waited longest look again.</summary>
    public void WakeFirst()
    {
        if (_queue.Count == 0)
            return;
        Waiter<T>? first;
        lock (_gate)
            first = _queue.First;
        first?.Changed.Set();
    }

    /// <summary>The slots that were ever used. They go on changing.</summary>
    public ImmutableArray<PoolSlot<T>> Slots()
    {
        lock (_gate)
            return [.. _slots.AsSpan(0, _made)!];
    }

    // After connections were put there.
    private void Settle(EndpointConnections<T> home)
    {
        if (home.IsRetired || IsShut)
            CloseIdle(home, IsShut ? CloseReason.Disposed : CloseReason.Retired);
        else if (_queue.Count != 0 && _mayGive(home))
            Give(home);
        else
            WakeFirst();
    }

    private void Give(EndpointConnections<T> home)
    {
        lock (_gate)
        {
            while (_queue.First is { } first && home.Idle.Pop() is { } slot)
            {
                first.Given = slot;
                _queue.Leave(first);
                first.Changed.Set();
            }

            // Who was first may have been told of something else that it now has no need to look for.
            _queue.First?.Changed.Set();
        }
    }

    private void CloseIdle(EndpointConnections<T> home, CloseReason reason)
    {
        while (home.Idle.Pop() is { } slot)
            _close(slot, reason);
    }
}
