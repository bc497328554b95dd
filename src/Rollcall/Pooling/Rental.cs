using Rollcall.Balancing;
using Rollcall.Health;

namespace Rollcall.Pooling;

/// <summary>One caller's way to a connection when there was none at hand: look, open, try elsewhere, wait.</summary>
/// <param name="pool">The pool.</param>
/// <param name="ticket">Its place among those who wait.</param>
/// <param name="context">What the policy may know of it.</param>
/// <param name="choice">What the policy has picked already; null when it has not been asked.</param>
internal sealed class Rental<T>(ServiceConnectionPool<T> pool, long ticket, PickContext context, PoolDestination<T>? choice)
    where T : class
{
    private const int MaxTries = 4;

    private readonly FailedConnects _failed = new();
    private PoolDestination<T>? _choice = choice;
    private Waiter<T>? _waiter;
    private long _waitsSince;
    private bool _isSomewhereFull;

    /// <summary>For how long it had to wait because there was no connection to be had; null when it had not.</summary>
    public TimeSpan? Waited { get; private set; }

    /// <summary>A connection that the caller owns now, and the endpoint it leads to.</summary>
    public async ValueTask<(PoolSlot<T> Slot, BalancedEndpoint Endpoint)> FindAsync(ServiceSelector<PoolDestination<T>> selector, ConnectionStore<T> store, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                stop.ThrowIfCancellationRequested();
                var selection = selector.Current ?? await selector.GetAsync(stop).ConfigureAwait(false);
                if (selection.Problem is { } problem)
                    throw Refused($"{problem}. It has {selection.Set.Endpoints.Length} endpoints ({selection.Set.Freshness}, as of {selection.Set.ObservedAt:u})");

                // First ask to be told, then look: what changes in between is told.
                var changed = _waiter?.Changed.Next;
                if (_waiter is not null && store.TakeGiven(_waiter) is { } given)
                {
                    LeftQueue();
                    if (pool.MayLend(given))
                        return (given, given.Home!.Endpoint);
                    continue;
                }

                if (_waiter is null ? store.Waiters == 0 : store.IsFirst(_waiter))
                {
                    var (slot, destination) = Look(selection, store);
                    if (slot is not null && _waiter is not null)
                    {
                        // Nothing is given to one that was first and looked, but what came back between the two.
                        if (store.Leave(_waiter) is { } surplus)
                            store.Put(surplus);
                        LeftQueue();
                    }

                    if (slot is not null && (slot.Use == SlotUse.Idle || await OpenAsync(slot, destination!.Endpoint, store, stop).ConfigureAwait(false)))
                        return (slot, destination!.Endpoint);
                    if (slot is not null)
                        continue;
                    if (!_isSomewhereFull)
                        throw Refused("none of its endpoints can be connected to");
                }

                if (_waiter is null)
                    Queue(store);
                else
                    await changed!.WaitAsync(stop).ConfigureAwait(false);
            }
        }
        finally
        {
            if (_waiter is { } waiter)
            {
                LeftQueue();
                if (store.Leave(waiter) is { } given)
                    store.Put(given);
            }
        }
    }

    /// <summary>The error of this rental, with all that was tried.</summary>
    public ConnectionPoolException Refused(string why) => new(
        $"The pool '{pool.Name}' has no connection to {pool.Target}: {why}."
        + (_failed.Count == 0 ? $" See what it has with: rollcall resolve {pool.Target}" : $" Tried {_failed.Count}: {_failed}"),
        _failed.Count == 0 ? null : _failed.Last);

    private (PoolSlot<T>? Slot, PoolDestination<T>? Destination) Look(Selection<PoolDestination<T>> selection, ConnectionStore<T> store)
    {
        _isSomewhereFull = false;
        var needsRoom = false;
        if (_choice is { } picked)
        {
            _choice = null;
            if (Take(picked, store) is { } slot)
                return (slot, picked);
        }

        // What suits may be gone a moment later, or be for somebody who came before: then wait.
        for (var tries = 0; selection.PickAllowed(context, _failed.Endpoints, Suits) is { } allowed; tries++)
        {
            if (Take(allowed, store) is { } slot)
                return (slot, allowed);
            if (tries < MaxTries)
                continue;
            Refuse(allowed);
            break;
        }

        // Better to wait for one that works than to try one that does not. Only when there is no other: those that are avoided.
        if (!_isSomewhereFull && selection.Pick(context, _failed.Endpoints) is { } avoided)
        {
            if (Take(avoided, store) is { } last)
                return (last, avoided);
            Refuse(avoided);
        }

        if (needsRoom && store.IsFull)
            store.Replace(Others(selection));
        return default;

        bool Suits(PoolDestination<T> destination)
        {
            if (store.HasRoom(destination.Connections))
                return true;
            if (!ServiceHealth.IsAvoided(destination.Endpoint))
                Refuse(destination);
            return false;
        }

        // An idle connection to another is closed only for one that may then be opened.
        void Refuse(PoolDestination<T> destination)
        {
            _isSomewhereFull = true;
            needsRoom |= store.MayHaveMore(destination.Connections);
        }
    }

    private PoolSlot<T>? Take(PoolDestination<T> destination, ConnectionStore<T> store)
    {
        while (store.TakeIdle(destination.Connections) is { } idle)
        {
            if (pool.MayLend(idle))
                return idle;
        }

        return store.TryReserve(destination.Connections, ticket);
    }

    // Idle connections to endpoints that are not chosen now, or avoided, must not keep those that are from being connected to.
    private IEnumerable<EndpointConnections<T>> Others(Selection<PoolDestination<T>> selection)
    {
        var chosen = selection.Items.Select(static item => item.Connections).ToHashSet();
        return pool.Homes.Where(home => !chosen.Contains(home)).Concat(pool.Homes.Where(home => chosen.Contains(home) && ServiceHealth.IsAvoided(home.Endpoint)));
    }

    private async Task<bool> OpenAsync(PoolSlot<T> slot, BalancedEndpoint endpoint, ConnectionStore<T> store, CancellationToken stop)
    {
        // Its place in the queue comes before the place of the connection is free, or somebody who came later would take it.
        if (await pool.OpenAsync(slot, endpoint, () => Queue(store), stop).ConfigureAwait(false) is not { } error)
            return pool.MayLend(slot);
        _failed.Add(endpoint, error);
        return _failed.Count < FailedConnects.Max ? false : throw Refused("it could not be connected to any of those that were tried");
    }

    private void Queue(ConnectionStore<T> store)
    {
        _waitsSince = pool.Time.GetTimestamp();
        store.Enter(_waiter = new Waiter<T>(ticket));
    }

    // Its time in the queue is over, whether it got something or gave up; it may have been served before it began to wait.
    private void LeftQueue()
    {
        Waited = (Waited ?? TimeSpan.Zero) + pool.Time.GetElapsedTime(_waitsSince);
        _waiter = null;
    }
}
