using Rollcall.Watching;

namespace Rollcall.Pooling;

/// <summary>
/// Looks after the idle connections about once a second: closes those that are old or too many, checks the others when it is time, and opens what is missing.
/// </summary>
internal sealed class PoolKeeper<T>(
    ServiceConnectionPool<T> pool, ConnectionPoolOptions options, ConnectionStore<T> store, Random random, PoolContext context)
    where T : class
{
    // More at once would take too many away from callers, and would come upon the endpoints like a wave.
    private const int MaxAtOnce = 16;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly Backoff Again = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    // Many processes hear of a new endpoint at the same moment.
    private static readonly TimeSpan MaxHesitation = TimeSpan.FromMilliseconds(250);

    private readonly Signal _wake = new();
    private readonly long _idleTimeout = Ticks(options.IdleTimeout, context.Time);
    private readonly long _checkInterval = Ticks(options.CheckInterval, context.Time);

    /// <summary>The endpoints have changed.</summary>
    public void Wake() => _wake.Set();

    /// <summary>The loop. Never faults.</summary>
    public Task RunAsync(CancellationToken stop) => Task.Run(() => LoopAsync(stop), CancellationToken.None);

    private async Task LoopAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var wake = _wake.Next;
            try
            {
                store.WakeFirst();
                await SweepAsync(stop);
            }
            catch (Exception error) when (!stop.IsCancellationRequested)
            {
                PoolLog.KeepingFailed(context.Logger, error, pool.Name);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            await wake.WaitAsync(Period * (0.9 + (random.NextDouble() / 5)), context.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (wake.IsCompleted)
                await Task.Delay(MaxHesitation * random.NextDouble(), context.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SweepAsync(CancellationToken stop)
    {
        var chosen = pool.Selection?.Items.Where(static item => item.Endpoint.Endpoint.State == EndpointState.Ready).ToList() ?? [];
        var warm = chosen.Select(static item => item.Connections).ToHashSet();
        List<PoolSlot<T>> due;
        do
        {
            due = [];
            foreach (var home in pool.Homes)
                Sort(home, warm.Contains(home) ? options.MinIdlePerEndpoint : 0, due);
            await Task.WhenAll(due.Select(slot => pool.CheckAsync(slot, stop)));
        }
        while (due.Count == MaxAtOnce);

        foreach (var some in chosen.Where(IsMissing).Chunk(MaxAtOnce))
            await Task.WhenAll(some.Select(destination => WarmAsync(destination, stop)));
    }

    private void Sort(EndpointConnections<T> home, int min, List<PoolSlot<T>> due)
    {
        if (home.Idle.IsEmpty)
            return;
        var now = context.Time.GetTimestamp();
        List<(PoolSlot<T> Slot, CloseReason Reason)> close = [];
        store.Sift(home, (slot, place) =>
        {
            if (now >= slot.ExpiresAt)
                close.Add((slot, CloseReason.Lifetime));
            else if (place >= min && now - slot.IdleSince >= _idleTimeout)
                close.Add((slot, CloseReason.Idle));
            else if (due.Count < MaxAtOnce && now - Math.Max(slot.IdleSince, slot.CheckedAt) >= _checkInterval)
                due.Add(slot);
            else
                return true;
            return false;
        });
        foreach (var (slot, reason) in close)
            pool.Close(slot, reason);
    }

    private bool IsMissing(PoolDestination<T> destination) =>
        store.Waiters == 0 && context.Time.GetTimestamp() >= destination.Connections.WarmAfter && destination.Connections.Idle.Count(options.MinIdlePerEndpoint) < options.MinIdlePerEndpoint;

    private async Task WarmAsync(PoolDestination<T> destination, CancellationToken stop)
    {
        var home = destination.Connections;
        for (var missing = options.MinIdlePerEndpoint - home.Idle.Count(options.MinIdlePerEndpoint); missing > 0; missing--)
        {
            if (store.TryReserve(home, long.MaxValue) is not { } slot)
            {
                // What many have must not keep one from having any.
                if (home.Open == 0 && store.IsFull)
                    store.Replace(pool.Homes.Where(static other => other.Open > 1).OrderByDescending(static other => other.Open));
                return;
            }

            if (await pool.OpenAsync(slot, destination.Endpoint, null, stop) is { } error)
            {
                if (++home.FailedWarmings == 1)
                    PoolLog.CannotWarm(context.Logger, pool.Name, destination.Endpoint.Endpoint.Id, error.Message);
                home.WarmAfter = context.Time.GetTimestamp() + Ticks(Again.Delay(home.FailedWarmings, random), context.Time);
                return;
            }

            if (home.FailedWarmings > 0)
                PoolLog.WarmAgain(context.Logger, pool.Name, destination.Endpoint.Endpoint.Id);
            home.FailedWarmings = 0;
            store.Put(slot);
        }
    }

    private static long Ticks(TimeSpan span, TimeProvider time) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
