using Rollcall.Registry.Catalogs;
using Rollcall.Registry.Checks;
using Rollcall.Registry.Leases;
using Rollcall.Registry.Replication;

namespace Rollcall.Registry.Engine;

/// <summary>Turns what leases and checks found into commands. Each is checked once more right before it is decided.</summary>
internal sealed class SinkWriter(IReplication replication, Catalog catalog, LeaseTable leases, HealthChecker checks) : ILeaseSink, ICheckSink
{
    // A mass expiry shares the queue with the writes of clients instead of filling it.
    private const int Chunk = 1024;

    public ValueTask<bool> ExpireAsync(IReadOnlyList<InstanceKey> keys, CancellationToken cancellationToken) =>
        WriteAsync(keys, key => Of(key) is { } of ? (new ExpireLease(key, of), () => leases.IsOverdue(key)) : null, cancellationToken);

    public ValueTask<bool> ReviveAsync(IReadOnlyList<InstanceKey> keys, CancellationToken cancellationToken) =>
        WriteAsync(keys, key => (new ReviveLease(key), () => !leases.IsOverdue(key)), cancellationToken);

    public ValueTask<bool> RemoveAsync(IReadOnlyList<InstanceKey> keys, CancellationToken cancellationToken) =>
        WriteAsync(keys, key => Of(key) is { } of ? (new RemoveExpired(key, of), () => leases.IsOverdue(key)) : null, cancellationToken);

    public ValueTask<bool> ReportAsync(IReadOnlyList<CheckVerdict> verdicts, CancellationToken cancellationToken) =>
        WriteAsync(
            verdicts,
            verdict => Of(verdict.Key) is { } of
                ? (new ReportChecks(verdict.Key, of, verdict.FailingCheck), () => checks.IsCurrent(verdict))
                : null,
            cancellationToken);

    private InstanceRegistration? Of(InstanceKey key) => catalog.GetInstance(key)?.Registration;

    private async ValueTask<bool> WriteAsync<T>(
        IReadOnlyList<T> items,
        Func<T, (Command Command, Func<bool>? StillHolds)?> ask,
        CancellationToken cancellationToken)
    {
        var commands = new List<(Command, Func<bool>?)>(Math.Min(items.Count, Chunk));
        for (var next = 0; next < items.Count;)
        {
            for (var end = Math.Min(next + Chunk, items.Count); next < end; next++)
            {
                // What is not in the catalog is settled: it left, or it is being registered and has another lease by then.
                if (ask(items[next]) is { } asked)
                    commands.Add(asked);
            }

            foreach (var result in await replication.SubmitAllAsync(commands, cancellationToken))
            {
                if (result.Outcome is WriteOutcome.Busy or WriteOutcome.StorageFull or WriteOutcome.StorageUnavailable)
                    return false;
            }

            commands.Clear();
        }

        return true;
    }
}
