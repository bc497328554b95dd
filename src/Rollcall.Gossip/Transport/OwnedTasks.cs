using Microsoft.Extensions.Logging;

namespace Rollcall.Gossip.Transport;

/// <summary>Starts what runs beside the caller, sees how it ends, and waits for all of it at the end.</summary>
internal sealed class OwnedTasks(ILogger logger, TimeProvider time) : IAsyncDisposable
{
    private readonly LineLimiter _failures = new(time, 10);
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<Task> _tasks = [];
    private bool _isStopped;
    private Exception? _failure;

    /// <summary>Starts nothing once stopping has begun. Told of the failure that it ended by, if it did.</summary>
    public void Run(string what, Func<CancellationToken, Task> body, Action<Exception>? failed = null)
    {
        lock (_tasks)
        {
            // Off the caller's thread and context: the caller may be the node's own loop.
            if (!_isStopped)
                _ = Own(Task.Run(() => ObserveAsync(what, body, failed)));
        }
    }

    /// <summary>What a caller waits for, which ends no later than the rest: by <see cref="ObjectDisposedException"/>, or by the failure that the node ended by.</summary>
    public Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> body, CancellationToken cancellationToken)
    {
        lock (_tasks)
            return _isStopped ? Task.FromException<T>(GossipFailure.Of(_failure)) : Own(Task.Run(() => CallCoreAsync(body, cancellationToken), CancellationToken.None));
    }

    /// <summary>Begins to end all, without waiting for it.</summary>
    public void Stop(Exception? failure)
    {
        lock (_tasks)
        {
            if (_isStopped)
                return;
            _isStopped = true;
            _failure = failure;
        }

        _stopping.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        Stop(null);
        Task[] left;
        lock (_tasks)
            left = [.. _tasks];
        await Task.WhenAll(left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // who has called is told
        _stopping.Dispose();
    }

    private TTask Own<TTask>(TTask task)
        where TTask : Task
    {
        _tasks.Add(task);
        _ = task.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return task;
    }

    private void Forget(Task task)
    {
        lock (_tasks)
            _tasks.Remove(task);
    }

    private async Task<T> CallCoreAsync<T>(Func<CancellationToken, Task<T>> body, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, cancellationToken);
        try
        {
            return await body(either.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw GossipFailure.Of(_failure);
        }
    }

    private async Task ObserveAsync(string what, Func<CancellationToken, Task> body, Action<Exception>? failed)
    {
        try
        {
            await body(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Asked to end.
        }
        catch (Exception error)
        {
            bool isTold;
            lock (_failures)
                isTold = _failures.TryTake() || failed is not null;
            if (isTold)
                GossipLog.TaskFailed(logger, error, what);
            failed?.Invoke(error);
        }
    }
}
