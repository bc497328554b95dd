using System.Threading.Tasks.Sources;

namespace Rollcall.Registry.Journaling;

/// <summary>
/// The thread on which batches are written and flushed. A flush blocks for as long as the disk likes; on a machine with two cores a blocked
/// thread of the pool would be half of it. One batch at a time; a call allocates nothing.
/// </summary>
internal sealed class CommitThread : IValueTaskSource, IDisposable
{
    private readonly Action<IReadOnlyList<Change>> _commit;
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Thread _thread;
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private IReadOnlyList<Change>? _batch;
    private int _busy;
    private volatile bool _stopping;

    public CommitThread(Action<IReadOnlyList<Change>> commit)
    {
        _commit = commit;
        _thread = new Thread(Run) { IsBackground = true, Name = "rollcall journal" };
        _thread.Start();
    }

    /// <summary>Ends when the batch is committed, or with why it is not.</summary>
    /// <exception cref="InvalidOperationException">The batch before has not ended.</exception>
    public ValueTask CommitAsync(IReadOnlyList<Change> batch)
    {
        ObjectDisposedException.ThrowIf(_stopping, this);
        if (Interlocked.Exchange(ref _busy, 1) != 0)
            throw new InvalidOperationException("A batch cannot be appended while the one before is under way.");
        _source.Reset();
        _batch = batch;
        _wake.Set();
        return new ValueTask(this, _source.Version);
    }

    /// <summary>Finishes the batch under way and stops.</summary>
    public void Dispose()
    {
        if (_stopping)
            return;
        _stopping = true;
        _wake.Set();
        _thread.Join();
        _wake.Dispose();
    }

    public void GetResult(short token)
    {
        try
        {
            _source.GetResult(token);
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void Run()
    {
        while (true)
        {
            _wake.WaitOne();
            if (Interlocked.Exchange(ref _batch, null) is { } batch)
                Commit(batch);
            if (_stopping)
                return;
        }
    }

    private void Commit(IReadOnlyList<Change> batch)
    {
        try
        {
            _commit(batch);
        }
        catch (Exception error)
        {
            _source.SetException(error);
            return;
        }

        _source.SetResult(true);
    }
}
