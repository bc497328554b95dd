using Rollcall.Health;

namespace Rollcall.Pooling;

/// <summary>Makes connections and looks after them by calling the application's code, and tells the process what that taught about the endpoints.</summary>
internal sealed class ConnectionOpener<T>
    where T : class
{
    private readonly string _pool;
    private readonly ConnectionPoolOptions _options;
    private readonly ConnectionLifecycle<T> _lifecycle;
    private readonly ServiceHealth _health;
    private readonly Random _random;
    private readonly PoolContext _context;
    private long _opened;

    public ConnectionOpener(string pool, ConnectionPoolOptions options, ConnectionLifecycle<T> lifecycle, ServiceHealth health, Random random, PoolContext context)
    {
        _pool = pool;
        _options = options;
        _lifecycle = lifecycle;
        _health = health;
        _random = random;
        _context = context;
    }

    /// <summary>Connections opened so far.</summary>
    public long Opened => Interlocked.Read(ref _opened);

    /// <summary>Whether a connection is worth to be lent, as far as one can see from here.</summary>
    public bool IsUsable(PoolSlot<T> slot)
    {
        try
        {
            var look = slot.WasLent ? _lifecycle.IsUsable : _lifecycle.IsFreshUsable ?? _lifecycle.IsUsable;
            return look?.Invoke(slot.Connection!) != false;
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <summary>Asks whether an idle connection still works.</summary>
    public async Task<bool> CheckAsync(PoolSlot<T> slot, CancellationToken stop)
    {
        if (!IsUsable(slot))
            return false;
        if (_lifecycle.CheckAsync is not { } check)
            return true;
        using var limit = new CancellationTokenSource(_options.ConnectTimeout, _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            return await check(slot.Connection!, either.Token).AsTask().WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <summary>Opens a connection in a reserved slot. When it fails, <paramref name="failing"/> is called and then <paramref name="free"/>, as soon as nothing more can come of it.</summary>
    /// <returns>Why there is none; null when there is.</returns>
    /// <exception cref="OperationCanceledException">It was not wanted any more.</exception>
    public async Task<Exception?> OpenAsync(PoolSlot<T> slot, BalancedEndpoint endpoint, Action? failing, Action<PoolSlot<T>> free, Action<PoolSlot<T>> close, CancellationToken stop)
    {
        var started = _context.Time.GetTimestamp();
        var home = slot.Home!;
        using var limit = new CancellationTokenSource(_options.ConnectTimeout, _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        Task<T>? connecting = null;
        try
        {
            connecting = _lifecycle.ConnectAsync(endpoint.Endpoint, either.Token).AsTask();
            var connection = await connecting.WaitAsync(either.Token).ConfigureAwait(false)
                ?? throw new InvalidOperationException($"{nameof(_lifecycle.ConnectAsync)} returned null instead of a connection.");
            Begin(slot, connection, started);
        }
        catch (Exception error)
        {
            failing?.Invoke();

            // It may have been made in the very moment in which it was given up.
            if (connecting is null or { IsFaulted: true } or { IsCanceled: true })
                free(slot);
            else
                _ = AbandonAsync(connecting, slot, started, free, close);
            var took = _context.Time.GetElapsedTime(started);
            if (stop.IsCancellationRequested)
            {
                _health.Report(endpoint, new RequestOutcome(OutcomeKind.Cancelled, took));
                stop.ThrowIfCancellationRequested();
            }

            if (error is OperationCanceledException)
                error = new TimeoutException($"No connection within {DurationText.Format(_options.ConnectTimeout)}.", error);
            home.Failed();
            _context.Metrics.ConnectFailed(_pool);
            PoolLog.ConnectFailed(_context.Logger, _pool, endpoint.Endpoint.Id, error.Message);
            _health.Report(endpoint, new RequestOutcome(OutcomeKind.Unreachable, took));
            return error;
        }

        _health.Connected(endpoint, _context.Time.GetElapsedTime(started));
        return null;
    }

    private void Begin(PoolSlot<T> slot, T connection, long started)
    {
        var now = _context.Time.GetTimestamp();
        slot.Connection = connection;
        slot.WasLent = false;
        slot.OpenedAt = slot.IdleSince = slot.CheckedAt = now;
        double jitter;
        lock (_random)
            jitter = _random.NextDouble();
        slot.ExpiresAt = now + Ticks(_options.MaxLifetime * (1 - (jitter / 10)));
        Interlocked.Increment(ref _opened);
        var took = _context.Time.GetElapsedTime(started, now);
        _context.Metrics.Opened(_pool, took);
        PoolLog.Opened(_context.Logger, _pool, slot.Home!.Endpoint.Endpoint.Id, took.TotalMilliseconds);
    }

    // Nobody waits for it any more, or it does not heed its token. What comes of it is closed; until then it counts against the limits, because the other side has it open.
    private async Task AbandonAsync(Task<T> connecting, PoolSlot<T> slot, long started, Action<PoolSlot<T>> free, Action<PoolSlot<T>> close)
    {
        T? connection = null;
        try
        {
            connection = await connecting.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Whoever asked for it has been told already.
        }

        if (connection is null)
        {
            free(slot);
            return;
        }

        Begin(slot, connection, started);
        close(slot);
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _context.Time.TimestampFrequency);
}
