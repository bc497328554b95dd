using Rollcall.Balancing;
using Rollcall.Health;
using Rollcall.Watching;

namespace Rollcall.Pooling;

/// <summary>
/// Keeps connections to the endpoints of a service, for protocols that are not HTTP, and rents them out one caller at a time. The balancing policy chooses the
/// endpoint; what connecting teaches is shared with everything in the process that sends to it. Thread-safe. Made by <see cref="ServiceConnectionPoolFactory"/>.
/// </summary>
/// <typeparam name="TConnection">The connection.</typeparam>
public sealed class ServiceConnectionPool<TConnection> : IAsyncDisposable, IDisposable
    where TConnection : class
{
    // Shorter than this no look is taken whether an idle connection was closed by the other side: who closes idle ones waits longer.
    private static readonly TimeSpan LookAfter = TimeSpan.FromSeconds(1);

    private readonly ConnectionPoolOptions _options;
    private readonly PoolContext _context;
    private readonly TimeProvider _time;
    private readonly ServiceHealth _health;
    private readonly ConnectionStore<TConnection> _store;
    private readonly ConnectionOpener<TConnection> _opener;
    private readonly ConnectionCloser<TConnection> _closer;
    private readonly PoolKeeper<TConnection> _keeper;
    private readonly ServiceView<PoolHomes<TConnection>> _homes;
    private readonly ServiceSelector<PoolDestination<TConnection>> _selector;
    private readonly CancellationTokenSource _stop = new();
    private readonly CoarseClock _clock;
    private readonly long _lookAfter;
    private readonly bool _needsSinglePort;
    private Task _kept = Task.CompletedTask;
    private Chosen? _chosen;
    private long _tickets;
    private long _waits;
    private long _waitTime;
    private long _closed;
    private long _failures;

    internal ServiceConnectionPool(string name, ServiceTarget target, ConnectionPoolOptions options, ConnectionLifecycle<TConnection> lifecycle, PoolServices services)
    {
        Name = name;
        _options = options;
        _context = services.Context;
        _time = _context.Time;
        _lookAfter = (long)(LookAfter.TotalSeconds * _time.TimestampFrequency);
        _needsSinglePort = lifecycle.NeedsSinglePort;
        _health = services.Health.Of(target);
        _closer = new ConnectionCloser<TConnection>(lifecycle.CloseAsync, OnClosed, _context, name);
        _store = new ConnectionStore<TConnection>(this, options, MayGive, _closer.Close);
        _opener = new ConnectionOpener<TConnection>(name, options, lifecycle, _health, services.NewRandom(), _context);

        // The endpoints' connections come first, because followers are told in the order of their coming, and the selection is made of them. The view holds a
        // reference of its own.
        using (var watch = services.Resolver.Watch(target))
            _homes = watch.View<PoolHomes<TConnection>>(Follow);
        try
        {
            _selector = services.Selectors.Create<PoolDestination<TConnection>>(
                target,
                BalancingSettings.Of(options),
                new(endpoint => _homes!.Current?.Find(endpoint.Endpoint) is { } home ? new(endpoint, home) : null, WhyNone));
        }
        catch
        {
            _homes.Dispose();
            throw;
        }

        _keeper = new PoolKeeper<TConnection>(this, options, _store, services.NewRandom(), _context);

        // Its timer would outlive a constructor that throws.
        _clock = new CoarseClock(_time);
    }

    /// <summary>The pool's name in metrics and logs.</summary>
    public string Name { get; }

    /// <summary>What the pool follows.</summary>
    public ServiceTarget Target => _selector.Target;

    internal Selection<PoolDestination<TConnection>>? Selection => _selector.Current;

    internal IEnumerable<EndpointConnections<TConnection>> Homes => _homes.Current?.All ?? [];

    internal TimeProvider Time => _time;

    /// <summary>
    /// Rents a connection: an idle one to the endpoint that the policy picks, else a new one; when a limit is reached, waits for the next that comes back.
    /// Who has waited longest comes first. Renting an idle one completes at once and allocates nothing.
    /// </summary>
    /// <example><code>using var rented = await pool.RentAsync(cancellationToken);</code></example>
    /// <exception cref="ConnectionPoolException">There is no endpoint, none could be connected to, or it took longer than <see cref="ConnectionPoolOptions.RentTimeout"/>.</exception>
    /// <exception cref="DiscoveryException">Nothing is known of the service yet.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    public ValueTask<PooledConnection<TConnection>> RentAsync(CancellationToken cancellationToken = default) => RentAsync(PickContext.None, cancellationToken);

    /// <summary>
    /// As <see cref="RentAsync(CancellationToken)"/>, with affinity: a policy that heeds keys (<c>ring-hash</c>, <c>maglev</c>) rents the same key the same endpoint while it can.
    /// A caller who has to wait takes the first connection that comes back, to whatever endpoint.
    /// </summary>
    /// <param name="context">What the rental has affinity to, such as <see cref="PickContext.ForKey(string)"/> of a customer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <example><code>using var rented = await pool.RentAsync(PickContext.ForKey(customer), cancellationToken);</code></example>
    /// <exception cref="ConnectionPoolException">There is no endpoint, none could be connected to, or it took longer than <see cref="ConnectionPoolOptions.RentTimeout"/>.</exception>
    /// <exception cref="DiscoveryException">Nothing is known of the service yet.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed of.</exception>
    public ValueTask<PooledConnection<TConnection>> RentAsync(in PickContext context, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<PooledConnection<TConnection>>(cancellationToken);
        PoolDestination<TConnection>? choice = null;
        if (_store.Waiters == 0 && _selector.Current is { Problem: null } selection)
        {
            choice = selection.Pick(context, null)!;
            while (choice.Connections.Idle.Pop() is { } slot)
            {
                if (MayLend(slot))
                    return new(Lend(slot, choice.Endpoint));
            }
        }

        return new(RentSlowlyAsync(context, choice, cancellationToken));
    }

    /// <summary>What the pool is doing. Takes time in proportion to the number of connections; not for the path of a request.</summary>
    public ConnectionPoolStatistics GetStatistics() => PoolCensus.Take(
        _store.Slots(),
        _homes.Current?.All ?? [],
        _time,
        new ConnectionPoolStatistics(
            PoolCensus.None,
            _store.Waiters,
            Interlocked.Read(ref _waits),
            TimeSpan.FromTicks(Interlocked.Read(ref _waitTime)),
            _opener.Opened,
            Interlocked.Read(ref _closed),
            Interlocked.Read(ref _failures),
            []));

    /// <summary>As <see cref="DisposeAsync"/>, without waiting until the connections are closed.</summary>
    public void Dispose()
    {
        if (!_store.TryShut())
            return;
        _context.Metrics.Remove(this);
        _selector.Dispose();
        _homes.Dispose();
        _clock.Dispose();
        _stop.Cancel();
        foreach (var home in Homes)
            _store.Retire(home, CloseReason.Disposed);
        if (_store.Open == 0)
            _closer.Complete();
    }

    /// <summary>
    /// Ends the pool: those who wait get an <see cref="ObjectDisposedException"/>, idle connections are closed before this completes, rented ones when they are returned.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        await _kept.ConfigureAwait(false);
        await _closer.QuietAsync().ConfigureAwait(false);
    }

    /// <summary>Starts what runs beside the callers. Called once, by who made the pool.</summary>
    internal void Start()
    {
        // Loops outlive whoever was first and must not carry that one's context (trace, identity) along.
        using AsyncFlowControl? suppressed = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        _context.Metrics.Add(this, Name, GetStatistics);
        _kept = _keeper.RunAsync(_stop.Token);
        _ = _closer.RunAsync();
    }

    internal void Return(PoolSlot<TConnection> slot, long version)
    {
        if (!slot.TryEnd(version))
            return;
        var endpoint = slot.Endpoint!;
        endpoint.End();
        _health.Worked(endpoint);
        var now = _clock.Now;
        slot.IdleSince = now;
        if (now < slot.ExpiresAt)
            _store.Put(slot);
        else
            _closer.Close(slot, CloseReason.Lifetime);
    }

    internal void Discard(PoolSlot<TConnection> slot, long version, bool isFailure)
    {
        if (!slot.TryEnd(version))
            return;
        var endpoint = slot.Endpoint!;
        endpoint.End();
        if (isFailure)
        {
            Failed(slot.Home!);
            _context.Metrics.RentalFailed(Name);
            _health.Report(endpoint, new RequestOutcome(OutcomeKind.Reset, TimeSpan.Zero));
        }

        _closer.Close(slot, isFailure ? CloseReason.Failed : CloseReason.Discarded);
    }

    /// <summary>Opens a connection in a reserved slot; when it fails, <paramref name="failing"/> is called before the slot is free.</summary>
    /// <returns>Why there is none; null when there is.</returns>
    internal async Task<Exception?> OpenAsync(PoolSlot<TConnection> slot, BalancedEndpoint endpoint, Action? failing, CancellationToken stop)
    {
        var error = await _opener.OpenAsync(slot, endpoint, failing, Free, static unwanted => unwanted.Pool._closer.Close(unwanted, CloseReason.Discarded), stop).ConfigureAwait(false);
        if (error is not null)
        {
            Interlocked.Increment(ref _failures);
            _selector.Refresh();
        }

        return error;
    }

    /// <summary>Checks an idle connection that was taken off, and puts it back or closes it.</summary>
    internal async Task CheckAsync(PoolSlot<TConnection> slot, CancellationToken stop)
    {
        slot.Use = SlotUse.Checking;
        if (await _opener.CheckAsync(slot, stop).ConfigureAwait(false))
        {
            slot.CheckedAt = _time.GetTimestamp();
            _store.Put(slot);
            return;
        }

        if (!stop.IsCancellationRequested)
        {
            Failed(slot.Home!);
            _context.Metrics.CheckFailed(Name);
        }

        Close(slot, stop.IsCancellationRequested ? CloseReason.Disposed : CloseReason.Unusable);
    }

    internal void Close(PoolSlot<TConnection> slot, CloseReason reason) => _closer.Close(slot, reason);

    private static PooledConnection<TConnection> Lend(PoolSlot<TConnection> slot, BalancedEndpoint endpoint)
    {
        slot.Endpoint = endpoint;
        slot.WasLent = true;
        endpoint.Begin();
        return new(slot, slot.Lend());
    }

    /// <summary>Whether a connection that its caller owns is still good. What is not is closed here.</summary>
    internal bool MayLend(PoolSlot<TConnection> slot)
    {
        var now = _time.GetTimestamp();
        if (slot.Home!.IsRetired || _store.IsShut)
            _closer.Close(slot, CloseReason.Retired);
        else if (now >= slot.ExpiresAt)
            _closer.Close(slot, CloseReason.Lifetime);
        else if (now - slot.IdleSince >= _lookAfter && !_opener.IsUsable(slot))
            _closer.Close(slot, CloseReason.Unusable);
        else
            return true;
        return false;
    }

    // Like the policy would choose. Only asked while somebody waits; the set is made once for each selection.
    private bool MayGive(EndpointConnections<TConnection> home)
    {
        if (ServiceHealth.IsAvoided(home.Endpoint) || _selector.Current is not { } selection)
            return false;
        var chosen = Volatile.Read(ref _chosen);
        if (!ReferenceEquals(chosen?.Selection, selection))
            Volatile.Write(ref _chosen, chosen = new(selection, selection.Items.Select(static item => item.Connections).ToHashSet()));
        return chosen.Homes.Contains(home);
    }

    private async Task<PooledConnection<TConnection>> RentSlowlyAsync(PickContext context, PoolDestination<TConnection>? choice, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_store.IsShut, this);
        using var limit = new CancellationTokenSource(_options.RentTimeout, _time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token, _stop.Token);
        var rental = new Rental<TConnection>(this, Interlocked.Increment(ref _tickets), context, choice);
        try
        {
            var (slot, endpoint) = await rental.FindAsync(_selector, _store, any.Token).ConfigureAwait(false);
            return Lend(slot, endpoint);
        }
        catch (OperationCanceledException) when (any.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_store.IsShut, this);
            var connections = GetStatistics().Connections;
            throw rental.Refused(
                $"there was none within {DurationText.Format(_options.RentTimeout)}. {connections.InUse} are in use and {connections.Opening} are being made, of at most "
                + $"{_options.MaxConnections} in all and {_options.MaxPerEndpoint ?? _options.MaxConnections} to one endpoint; {_store.Waiters} other callers wait. "
                + "Look for rentals that are not disposed of, or raise the limits");
        }
        finally
        {
            if (rental.Waited is { } waited)
            {
                Interlocked.Increment(ref _waits);
                Interlocked.Add(ref _waitTime, waited.Ticks);
                _context.Metrics.Waited(Name, waited);
            }
        }
    }

    private void Failed(EndpointConnections<TConnection> home)
    {
        home.Failed();
        Interlocked.Increment(ref _failures);
    }

    private void OnClosed(PoolSlot<TConnection> slot)
    {
        Interlocked.Increment(ref _closed);
        Free(slot);
    }

    private void Free(PoolSlot<TConnection> slot)
    {
        _store.Free(slot);
        if (_store.IsShut && _store.Open == 0)
            _closer.Complete();
    }

    // On the watch's own loop, and before the change counts as applied: a draining endpoint is let go before it is told that everybody has.
    private PoolHomes<TConnection> Follow(EndpointSet set, PoolHomes<TConnection>? before)
    {
        var homes = PoolHomes<TConnection>.Next(_health.Read(set), before, IsWanted, _store.NewHome);
        foreach (var gone in before?.All ?? [])
        {
            if (!homes.Has(gone))
                _store.Retire(gone, CloseReason.Retired);
        }

        if (_store.IsShut)
        {
            foreach (var home in homes.All)
                _store.Retire(home, CloseReason.Disposed);
        }

        _store.WakeFirst();
        _keeper?.Wake();
        return homes;
    }

    private bool IsWanted(Endpoint endpoint) =>
        endpoint.State != EndpointState.Draining && (_options.Port is { } port ? endpoint.Ports.ContainsKey(port) : !_needsSinglePort || endpoint.Ports.Count == 1);

    private string WhyNone(IEnumerable<Endpoint> endpoints)
    {
        if (endpoints.All(static endpoint => endpoint.State == EndpointState.Draining))
            return "every endpoint is draining";
        var names = string.Join(", ", endpoints.SelectMany(static endpoint => endpoint.Ports.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        return _options.Port is { } port
            ? $"no endpoint that is not draining has a port '{port}'; there are: {names}"
            : $"no endpoint that is not draining has a single port; there are: {names}. Say which with the pool's option {nameof(_options.Port)}";
    }

    private sealed record Chosen(Selection<PoolDestination<TConnection>> Selection, HashSet<EndpointConnections<TConnection>> Homes);
}
