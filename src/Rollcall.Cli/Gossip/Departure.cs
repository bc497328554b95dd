namespace Rollcall.Cli.Gossip;

/// <summary>The node leaves once, whoever asks for it and how often, and joins nobody any more from then on: others would take a join that comes later for the newer word, and the node for failed.</summary>
/// <param name="leave">Leaves; whether all were told in time.</param>
internal sealed class Departure(Func<Task<bool>> leave) : IDisposable
{
    private readonly Lock _asking = new();
    private readonly List<Task> _joins = [];
    private readonly CancellationTokenSource _going = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<bool>? _leaving;

    /// <summary>Ends when somebody has asked the node to leave and has been answered.</summary>
    public Task Over => _over.Task;

    /// <summary>Joins, unless the node goes.</summary>
    /// <param name="join">Ends soon where it is cancelled.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="OperationCanceledException">The node goes, or whoever asked does.</exception>
    public Task<T> JoinAsync<T>(Func<CancellationToken, Task<T>> join, CancellationToken cancellationToken)
    {
        lock (_asking)
        {
            if (_leaving is not null)
                return Task.FromCanceled<T>(_going.Token);
            var joining = UntilGoingAsync(join, cancellationToken);
            _joins.RemoveAll(static earlier => earlier.IsCompleted);
            _joins.Add(joining);
            return joining;
        }
    }

    /// <summary>Whether all were told in time.</summary>
    public Task<bool> LeaveAsync()
    {
        lock (_asking)
            return _leaving ??= EndJoinsAndLeaveAsync([.. _joins]);
    }

    /// <summary>Whoever asked knows how it went; the process may end.</summary>
    public void End() => _over.TrySetResult();

    public void Dispose() => _going.Dispose();

    private async Task<T> UntilGoingAsync<T>(Func<CancellationToken, Task<T>> join, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_going.Token, cancellationToken);
        return await join(either.Token);
    }

    private async Task<bool> EndJoinsAndLeaveAsync(Task[] joins)
    {
        // Cancelled is set before the first wait, so a join that is asked for now sees it.
        await _going.CancelAsync();
        await Task.WhenAll(joins).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await leave();
    }
}
