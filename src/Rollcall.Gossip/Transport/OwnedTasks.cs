using Microsoft.Extensions.Logging;

namespace Rollcall.Gossip.Transport;

/// <summary>Starts what runs beside the caller, sees how it ends, and waits for all of it at the end.</summary>
internal sealed class OwnedTasks(ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<Task> _tasks = [];
    private bool _isStopped;

    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Starts nothing once stopping has begun.</summary>
    public void Run(string what, Func<CancellationToken, Task> body)
    {
        lock (_tasks)
        {
            if (_isStopped)
                return;
            // Off the caller's thread and context: the caller may be the node's own loop.
            var task = Task.Run(() => ObserveAsync(what, body));
            _tasks.Add(task);
            _ = task.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] left;
        lock (_tasks)
        {
            _isStopped = true;
            left = [.. _tasks];
        }

        await _stopping.CancelAsync();
        await Task.WhenAll(left);
        _stopping.Dispose();
    }

    private void Forget(Task task)
    {
        lock (_tasks)
            _tasks.Remove(task);
    }

    private async Task ObserveAsync(string what, Func<CancellationToken, Task> body)
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
            GossipLog.TaskFailed(logger, error, what);
        }
    }
}
