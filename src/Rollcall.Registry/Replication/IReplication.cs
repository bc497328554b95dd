namespace Rollcall.Registry.Replication;

/// <summary>
/// The one write path: takes commands, makes what they change safe, publishes it to the catalog. Disposing refuses new commands,
/// finishes those taken, and stops.
/// </summary>
internal interface IReplication : IAsyncDisposable
{
    /// <summary>Commands that wait.</summary>
    int QueueLength { get; }

    /// <summary>
    /// Decides a command. Completes once the change is safe and published. A cancelled command was not applied; one that is being
    /// written when the token fires completes with its result.
    /// </summary>
    /// <param name="command">What is asked.</param>
    /// <param name="stillHolds">Asked right before it is decided, on the sequencer; false settles it as unchanged. Must be quick and not throw.</param>
    /// <param name="cancellationToken">Gives up while it waits in the queue.</param>
    ValueTask<WriteResult> SubmitAsync(Command command, Func<bool>? stillHolds, CancellationToken cancellationToken);

    /// <summary>Decides many commands, each as <see cref="SubmitAsync"/> does, with as few flushes as can be. The results are in their order.</summary>
    Task<WriteResult[]> SubmitAllAsync(IReadOnlyList<(Command Command, Func<bool>? StillHolds)> commands, CancellationToken cancellationToken);
}

/// <summary>Is told of committed changes on the sequencer, before the catalog shows them.</summary>
internal interface ICommitObserver
{
    /// <summary>A batch is safe. Must be quick and not throw; the list is reused after it returns.</summary>
    void Committed(IReadOnlyList<Change> batch);
}
