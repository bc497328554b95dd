using Rollcall.Gossip.Protocol;

namespace Rollcall.Gossip.Transport;

/// <summary>Something to be done by the loop, where the protocol is.</summary>
internal abstract class LoopCommand
{
    public abstract void Run(SwimCore core, long now);

    /// <summary>Lets who asked go on: what it changed is to be seen by then.</summary>
    public abstract void Finish();

    /// <summary>The loop has ended before it came to this; by a failure, where there is one.</summary>
    public abstract void Abandon(Exception? failure);
}

internal sealed class LoopCommand<T>(Func<SwimCore, long, T> body) : LoopCommand
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;
    private Exception? _error;

    public Task<T> Done => _done.Task;

    // A failure is that of who asked, not of the loop.
    public override void Run(SwimCore core, long now)
    {
        try
        {
            _result = body(core, now);
        }
        catch (Exception error)
        {
            _error = error;
        }
    }

    public override void Finish()
    {
        if (_error is null)
            _done.TrySetResult(_result);
        else
            _done.TrySetException(_error);
    }

    public override void Abandon(Exception? failure) => _done.TrySetException(GossipFailure.Of(failure));
}
