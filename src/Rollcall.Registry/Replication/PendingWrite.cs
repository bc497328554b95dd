namespace Rollcall.Registry.Replication;

/// <summary>A command in the queue and the promise to whoever asked. It is either taken by the sequencer or given up by the caller, never both.</summary>
internal sealed class PendingWrite(Command command, Func<bool>? stillHolds, long enqueuedAt)
    : TaskCompletionSource<WriteResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private int _claimed;

    public Command Command { get; } = command;

    public Func<bool>? StillHolds { get; } = stillHolds;

    /// <summary>Timestamp of the clock that measures how long writes take.</summary>
    public long EnqueuedAt { get; } = enqueuedAt;

    /// <summary>True for the sequencer when it may apply the command.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _claimed, 1) == 0;

    /// <summary>Gives up, unless it was taken.</summary>
    public void TryGiveUp(CancellationToken cancellationToken)
    {
        if (TryTake())
            TrySetCanceled(cancellationToken);
    }
}
