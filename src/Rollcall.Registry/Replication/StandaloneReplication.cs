using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Rollcall.Registry.Catalogs;
using Rollcall.Registry.Journaling;

namespace Rollcall.Registry.Replication;

/// <summary>
/// The write path of a node on its own: one sequencer. It takes what waits as one batch, decides each command on the state, makes the batch safe
/// with one append to the journal, publishes it, and only then answers. When the journal fails, the state is as before the batch.
/// </summary>
/// <remarks>
/// The sequencer has no thread of its own: who finds it idle runs it, for one batch, and what has come meanwhile goes on on the thread pool.
/// A lone writer is so spared two changes of thread, which cost more than the write.
/// </remarks>
internal sealed partial class StandaloneReplication : IReplication
{
    // Bounds how long one batch keeps its first caller waiting, and the memory of a write to the journal.
    private const int MaxBatch = 1024;

    private const string Stopping = "The node is stopping; nothing was changed. Ask another node, or this one again once it is back.";

    private readonly IJournal _journal;
    private readonly Catalog _catalog;
    private readonly RegistryState _state;
    private readonly ICommitObserver _observer;
    private readonly TimeProvider _time;
    private readonly ReplicationMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Channel<PendingWrite> _queue;
    private readonly string _busy;
    private readonly CancellationTokenSource _stopSnapshot = new();

    // The sequencer's own.
    private readonly List<(PendingWrite Write, Applied Applied)> _batch = [];
    private readonly List<Change> _changes = [];
    private long _revision;
    private Task _snapshot = Task.CompletedTask;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopping;
    private int _running;

    public StandaloneReplication(ReplicationParts parts, int writeQueue)
    {
        (_journal, _catalog, _state, _observer, _time) = (parts.Journal, parts.Catalog, parts.State, parts.Observer, parts.Time);
        _logger = parts.Loggers.CreateLogger<StandaloneReplication>();
        _metrics = new ReplicationMetrics(parts.Meters, () => QueueLength);
        _queue = Channel.CreateBounded<PendingWrite>(new BoundedChannelOptions(writeQueue) { SingleReader = true });
        _busy = string.Create(CultureInfo.InvariantCulture, $"{writeQueue:N0} writes wait already, the most that may; nothing was changed, try again in a moment.");
        _revision = _journal.Recovered.Revision;
    }

    public int QueueLength => _queue.Reader.Count;

    public ValueTask<WriteResult> SubmitAsync(Command command, Func<bool>? stillHolds, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<WriteResult>(cancellationToken);
        var pending = new PendingWrite(command, stillHolds, _time.GetTimestamp());
        if (!_queue.Writer.TryWrite(pending))
            return new(new WriteResult(WriteOutcome.Busy, _catalog.Revision, _stopping ? Stopping : _busy));
        RunIfIdle();
        return cancellationToken.CanBeCanceled && !pending.Task.IsCompleted ? AwaitAsync(pending, cancellationToken) : new(pending.Task);
    }

    public async Task<WriteResult[]> SubmitAllAsync(IReadOnlyList<(Command Command, Func<bool>? StillHolds)> commands, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(commands);
        cancellationToken.ThrowIfCancellationRequested();
        var pending = new PendingWrite[commands.Count];
        for (var i = 0; i < pending.Length; i++)
        {
            pending[i] = new PendingWrite(commands[i].Command, commands[i].StillHolds, _time.GetTimestamp());
            if (!_queue.Writer.TryWrite(pending[i]))
                pending[i].TrySetResult(new WriteResult(WriteOutcome.Busy, _catalog.Revision, _stopping ? Stopping : _busy));
        }

        // All of them first: whoever finds the sequencer idle runs it at once, and the first would be flushed alone.
        RunIfIdle();
        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                foreach (var write in (PendingWrite[])state!)
                    write.TryGiveUp(token);
            },
            pending);
        return await Task.WhenAll(pending.Select(static write => write.Task));
    }

    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        _queue.Writer.TryComplete();
        RunIfIdle();
        await _ended.Task;
        await _stopSnapshot.CancelAsync();
        await _snapshot;
    }

    private static async ValueTask<WriteResult> AwaitAsync(PendingWrite pending, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((PendingWrite)state!).TryGiveUp(token), pending);
        return await pending.Task;
    }

    // Whoever set the flag runs. RunAsync never fails: it ends by clearing the flag, or, on a defect, by refusing all that comes.
    private void RunIfIdle()
    {
        if (Interlocked.CompareExchange(ref _running, 1, 0) == 0)
            _ = RunAsync();
    }

    private async Task RunAsync()
    {
        try
        {
            for (var isFirst = true; ; isFirst = false)
            {
                if (_queue.Reader.TryPeek(out _))
                {
                    if (!isFirst)
                        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                    await RunBatchesAsync(isFirst ? 1 : int.MaxValue).ConfigureAwait(false);
                    continue;
                }

                // Between the look at the queue and this a write may have come that found the flag set: so look again.
                Interlocked.Exchange(ref _running, 0);
                if (!_queue.Reader.TryPeek(out _))
                {
                    if (_stopping)
                        _ended.TrySetResult();
                    return;
                }

                if (Interlocked.CompareExchange(ref _running, 1, 0) != 0)
                    return;
            }
        }
        catch (Exception error)
        {
            // Only a defect leads here: changes may be safe but not published, so going on would serve what is not true.
            LogSequencerDied(_logger, error);
            RefuseAll();
            _ended.TrySetResult();
        }
    }

    private async ValueTask RunBatchesAsync(int most)
    {
        for (var i = 0; i < most && _queue.Reader.TryPeek(out _); i++)
        {
            if (await TryMakeSafeAsync().ConfigureAwait(false))
                Commit();
            _batch.Clear();
            _changes.Clear();
            if (_snapshot.IsCompleted && _journal.WantsSnapshot)
                BeginSnapshot();
        }
    }

    private async ValueTask AppendAsync()
    {
        var start = _time.GetTimestamp();
        await _journal.AppendAsync(_changes, CancellationToken.None).ConfigureAwait(false);
        _metrics.Appended(_time.GetElapsedTime(start));
    }

    private async ValueTask<bool> TryMakeSafeAsync()
    {
        try
        {
            TakeBatch();
            if (_changes.Count > 0)
                await AppendAsync().ConfigureAwait(false);
            return true;
        }
        catch (JournalUnavailableException error)
        {
            // The journal has said so in the log.
            RollBack(error.IsFull ? WriteOutcome.StorageFull : WriteOutcome.StorageUnavailable, error.Message);
        }
        catch (Exception error)
        {
            // Whatever it was, it must not end the only write path: the state is as before, and the callers are told so.
            RollBack(WriteOutcome.StorageUnavailable, $"The write could not be made safe: {error.Message} Nothing was changed.");
            LogBatchFailed(_logger, error);
        }

        return false;
    }

    private void TakeBatch()
    {
        var now = Now();
        while (_batch.Count < MaxBatch && _queue.Reader.TryRead(out var write))
        {
            if (!write.TryTake())
                continue;
            // In the batch before it is decided, so that its caller hears even of a decision that throws.
            _batch.Add((write, default));
            var applied = write.StillHolds?.Invoke() == false
                ? new Applied(new WriteResult(WriteOutcome.Unchanged, _revision + _changes.Count))
                : _state.Apply(write.Command, now, _revision + _changes.Count + 1);
            _batch[^1] = (write, applied);
            if (applied.Change is { } change)
                _changes.Add(change);
        }
    }

    private void Commit()
    {
        if (_changes.Count > 0)
        {
            _revision += _changes.Count;
            _observer.Committed(_changes);
            _catalog.Publish(_changes);
            _metrics.Committed(_changes);
        }

        var measures = _metrics.MeasuresDuration;
        foreach (var (write, applied) in _batch)
        {
            if (measures)
                _metrics.Written(_time.GetElapsedTime(write.EnqueuedAt));
            write.TrySetResult(applied.Result);
        }
    }

    // A command decided after a change that did not stick was decided on a state that never was, so it fails with that change.
    private void RollBack(WriteOutcome outcome, string message)
    {
        for (var i = _batch.Count - 1; i >= 0; i--)
            _state.Undo(_batch[i].Applied);
        var failed = new WriteResult(outcome, _revision, message);
        var sound = true;
        foreach (var (write, applied) in _batch)
        {
            sound &= applied.Change is null && applied != default;
            write.TrySetResult(sound ? applied.Result : failed);
        }

        _metrics.Failed();
    }

    private void RefuseAll()
    {
        _stopping = true;
        _queue.Writer.TryComplete();
        var failed = new WriteResult(WriteOutcome.StorageUnavailable, _revision, "The node's write path has failed; restart the node. Its log says why.");
        foreach (var (write, _) in _batch)
            write.TrySetResult(failed);
        while (_queue.Reader.TryRead(out var write))
            write.TrySetResult(failed);
    }

    // Beside the writes: what it is made of is immutable, so only taking hold of it keeps them waiting.
    private void BeginSnapshot()
    {
        var (revision, now, instances, emptied) = (_revision, Now(), _state.CopyInstances(), _catalog.CopyEmptied());
        _snapshot = Task.Run(() => SnapshotAsync(revision, now, instances, emptied, _stopSnapshot.Token));
    }

    private async Task SnapshotAsync(long revision, DateTimeOffset now, Instance[] instances, EmptiedServices emptied, CancellationToken cancellationToken)
    {
        try
        {
            await _journal.WriteSnapshotAsync(revision, now, instances, emptied, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The node stops; the next start reads more of the journal instead.
        }
        catch (Exception error)
        {
            // Nothing is lost: the changes are in the journal, which keeps more of them until the next attempt.
            LogSnapshotFailed(_logger, revision, error.Message);
        }
    }

    private DateTimeOffset Now()
    {
        var now = _time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
    }
}
