using System.Threading.Channels;
using Rollcall.Watching;

namespace Rollcall.Pooling;

/// <summary>
/// Closes connections on a loop of its own, so that neither a caller that returns one nor the watch ever waits for it. The channel is bounded by the number of
/// connections: a place is free only when its connection is closed.
/// </summary>
internal sealed class ConnectionCloser<T>
    where T : class
{
    // One that takes longer to say goodbye is taken for closed.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Channel<PoolSlot<T>> _channel = Channel.CreateUnbounded<PoolSlot<T>>(new() { SingleReader = true });
    private readonly Signal _quiet = new();
    private readonly Func<T, ValueTask> _close;
    private readonly Action<PoolSlot<T>> _closed;
    private readonly PoolContext _context;
    private readonly string _pool;
    private int _pending;

    /// <param name="close">Closes one.</param>
    /// <param name="closed">Told when one is closed.</param>
    /// <param name="context">The clock, metrics and logger.</param>
    /// <param name="pool">The pool's name.</param>
    public ConnectionCloser(Func<T, ValueTask>? close, Action<PoolSlot<T>> closed, PoolContext context, string pool)
    {
        _close = close ?? DisposeOfAsync;
        _closed = closed;
        _context = context;
        _pool = pool;
    }

    /// <summary>The loop. Ends after <see cref="Complete"/>; never faults.</summary>
    public Task RunAsync() => Task.Run(async () =>
    {
        await foreach (var slot in _channel.Reader.ReadAllAsync())
            Close(slot);
    });

    /// <summary>Begins to close a connection. Never blocks.</summary>
    public void Close(PoolSlot<T> slot, CloseReason reason)
    {
        slot.Use = SlotUse.Closing;
        Interlocked.Increment(ref _pending);
        _context.Metrics.Closed(_pool, reason);
        PoolLog.Closed(_context.Logger, _pool, slot.Home!.Endpoint.Endpoint.Id, reason);

        // Only a pool that is disposed of and has nothing left completes the channel.
        if (!_channel.Writer.TryWrite(slot))
            Close(slot);
    }

    /// <summary>Nothing more will come.</summary>
    public void Complete() => _channel.Writer.TryComplete();

    /// <summary>Waits until everything that was to be closed is.</summary>
    public async Task QuietAsync()
    {
        while (true)
        {
            var next = _quiet.Next;
            if (Volatile.Read(ref _pending) == 0)
                return;
            await next.ConfigureAwait(false);
        }
    }

    private static ValueTask DisposeOfAsync(T connection)
    {
        if (connection is IAsyncDisposable asynchronous)
            return asynchronous.DisposeAsync();
        (connection as IDisposable)?.Dispose();
        return ValueTask.CompletedTask;
    }

    // Each at its own pace: one that hangs must not keep the others open. Every end of it is observed in there.
    private void Close(PoolSlot<T> slot) => _ = CloseAsync(slot);

    private async Task CloseAsync(PoolSlot<T> slot)
    {
        try
        {
            // Code of the application that blocks would stop the loop for everybody, and no patience would end.
            await Task.Run(() => _close(slot.Connection!).AsTask()).WaitAsync(Patience, _context.Time).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            PoolLog.CloseFailed(_context.Logger, _pool, slot.Home!.Endpoint.Endpoint.Id, error.Message);
        }

        _closed(slot);
        if (Interlocked.Decrement(ref _pending) == 0)
            _quiet.Set();
    }
}
