using Rollcall.Registry.Checks;
using Rollcall.Registry.Leases;
using Rollcall.Registry.Replication;

namespace Rollcall.Registry.Engine;

/// <summary>
/// Gives every instance its lease and its checks when it is committed, and takes them when it goes: on the sequencer and before the catalog
/// shows it, so that whoever finds an instance finds its lease.
/// </summary>
internal sealed class CommitTracker(LeaseTable leases, HealthChecker checks) : ICommitObserver
{
    public void Committed(IReadOnlyList<Change> batch)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            var change = batch[i];
            switch (change.Kind)
            {
                case ChangeKind.Registered or ChangeKind.Updated:
                    Track(change.Instance!);
                    break;
                case ChangeKind.Deregistered or ChangeKind.Removed:
                    leases.Forget(change.Key);
                    checks.Forget(change.Key);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Begins with an instance: one full ttl from now, and its checks from what is on record.</summary>
    public void Track(Instance instance)
    {
        // Of an imported one its source says when it is gone.
        if (instance.Origin is not null)
            return;
        var (key, registration) = (instance.Key, instance.Registration);
        leases.Track(key, registration.Ttl, instance.Expired);
        if (registration.Checks.IsEmpty)
            checks.Forget(key);
        else
            checks.Track(key, registration.Checks, instance.FailingCheck);
    }
}
