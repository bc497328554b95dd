namespace Rollcall.Registry.Leases;

/// <summary>
/// Takes what the lease table found and makes it durable. Called by one loop, one call at a time, in the order things happened.
/// Each call completes once the whole batch is settled: every key was either written or, re-checked with <see cref="LeaseTable.IsOverdue"/>
/// at the moment of writing, no longer called for it. False (or an exception) means nothing could be written: the same keys are offered again.
/// </summary>
internal interface ILeaseSink
{
    /// <summary>These leases ran out. Write each that is still overdue as expired; one that is expired already is settled.</summary>
    ValueTask<bool> ExpireAsync(IReadOnlyList<InstanceKey> keys, CancellationToken cancellationToken);

    /// <summary>These were renewed after they had run out. Write each that is not overdue as alive; one that never was written as expired is settled.</summary>
    ValueTask<bool> ReviveAsync(IReadOnlyList<InstanceKey> keys, CancellationToken cancellationToken);

    /// <summary>These stayed expired too long. Take away each that is still overdue, and <see cref="LeaseTable.Forget"/> it.</summary>
    ValueTask<bool> RemoveAsync(IReadOnlyList<InstanceKey> keys, CancellationToken cancellationToken);
}
