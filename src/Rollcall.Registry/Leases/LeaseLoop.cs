using Microsoft.Extensions.Logging;

namespace Rollcall.Registry.Leases;

/// <summary>
/// The one loop of a <see cref="LeaseTable"/>: turns the wheel and hands over what it finds, waiting for each batch to be settled. A batch that
/// could not be written is offered again later; nothing is lost, since only a settled lease leaves the waiting ones.
/// </summary>
internal sealed partial class LeaseLoop : IAsyncDisposable
{
    private const int MaxBatch = 2048;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly GuardStatus Inactive = new(Active: false, Reason: null, Since: null, HeldLeases: 0);

    private readonly CancellationTokenSource _stop = new();
    private readonly LeaseTable _table;
    private readonly LeaseExpiry _expiry;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LeaseMetrics _metrics;
    private readonly HashSet<InstanceKey> _revived = [];
    private GuardStatus _guard = Inactive;
    private (int Held, (int, int) Group) _guardSeen;
    private long _retryAt = long.MinValue;
    private bool _failing;
    private Task? _loop;

    public LeaseLoop(LeaseTable table, LeaseExpiry expiry, TimeProvider time, ILogger logger, LeaseMetrics metrics)
    {
        _table = table;
        _expiry = expiry;
        _time = time;
        _logger = logger;
        _metrics = metrics;
    }

    /// <summary>State of the guard as of the last step. Any thread.</summary>
    public GuardStatus Guard => Volatile.Read(ref _guard);

    public void Start(ILeaseSink sink)
    {
        if (_loop is not null)
            throw new InvalidOperationException("The lease table was started before.");
        _loop = RunAsync(sink, _stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_loop is not null)
            await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync(ILeaseSink sink, CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // leaves the caller's context for good
        using var timer = new PeriodicTimer(LeaseExpiry.Tick, _time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                await StepAsync(sink, cancellationToken);
            }
            catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                // Whatever the sink threw: leases must go on being watched.
                Failed(error);
            }
        }
    }

    private async ValueTask StepAsync(ILeaseSink sink, CancellationToken cancellationToken)
    {
        var now = _table.Now;
        for (var lease = _table.TakeArrivals(); lease is not null;)
        {
            var next = lease.Next;
            lease.Next = null;
            _expiry.Admit(lease, now);
            lease = next;
        }

        Publish(_expiry.Advance(now));
        while (_table.TryTakeRevived(out var key))
            _revived.Add(key);
        if (now < _retryAt || _revived.Count + _expiry.ToExpire.Count + _expiry.ToRemove.Count == 0)
            return;

        var settled = await ReviveAsync(sink, cancellationToken) && await ExpireAsync(sink, cancellationToken) && await RemoveAsync(sink, cancellationToken);
        if (settled)
            Succeeded();
        else
            Failed(error: null);
    }

    private async ValueTask<bool> ReviveAsync(ILeaseSink sink, CancellationToken cancellationToken)
    {
        if (_revived.Count == 0)
            return true;
        if (!await sink.ReviveAsync([.. _revived], cancellationToken))
            return false;
        _revived.Clear();
        return true;
    }

    private async ValueTask<bool> ExpireAsync(ILeaseSink sink, CancellationToken cancellationToken)
    {
        foreach (var batch in _expiry.ToExpire.Chunk(MaxBatch))
        {
            if (!await sink.ExpireAsync(Array.ConvertAll(batch, static lapse => lapse.Lease.Key), cancellationToken))
                return false;
            var now = _table.Now;
            foreach (var (lease, word) in batch)
            {
                if (lease.TryExpire(word))
                    _metrics.Expired(TimeSpan.FromTicks(now - Lease.DeadlineOf(word)));
                else if (!Lease.IsForgotten(lease.Word))
                    _revived.Add(lease.Key); // renewed while it was written, and the writing may have come first
            }
        }

        return true;
    }

    private async ValueTask<bool> RemoveAsync(ILeaseSink sink, CancellationToken cancellationToken)
    {
        foreach (var batch in _expiry.ToRemove.Chunk(MaxBatch))
        {
            if (!await sink.RemoveAsync(Array.ConvertAll(batch, static lapse => lapse.Lease.Key), cancellationToken))
                return false;
            foreach (var (lease, word) in batch)
            {
                // The sink forgets what it took away. What it did not know of must not be offered for ever.
                if (lease.Word == word)
                    _table.Forget(lease.Key);
            }

            _metrics.Removed(batch.Length);
        }

        return true;
    }

    private void Publish(GuardTransition transition)
    {
        var guard = _expiry.Guard;
        if (transition == GuardTransition.Ended)
        {
            var lasted = _guard.Since is { } since ? _time.GetUtcNow() - since : TimeSpan.Zero;
            Volatile.Write(ref _guard, Inactive);
            LogGuardEnded(DurationText.Format(lasted), guard.OverdueLeases);
            return;
        }

        if (!guard.Active || (_guard.Active && _guardSeen == (guard.OverdueLeases, guard.Group)))
            return;
        _guardSeen = (guard.OverdueLeases, guard.Group);
        Volatile.Write(ref _guard, new GuardStatus(Active: true, guard.Explain(), _guard.Since ?? _time.GetUtcNow(), guard.OverdueLeases));
        if (transition == GuardTransition.Began)
            LogGuardBegan(_guard.Reason!);
    }

    private void Failed(Exception? error)
    {
        _retryAt = _table.Now + RetryAfter.Ticks;
        if (!_failing)
            LogWriteFailed(error, DurationText.Format(RetryAfter));
        _failing = true;
    }

    private void Succeeded()
    {
        if (_failing)
            LogWriteRecovered();
        _failing = false;
    }
}
