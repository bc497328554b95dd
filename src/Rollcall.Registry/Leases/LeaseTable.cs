using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Rollcall.Registry.Leases;

/// <summary>
/// The lease of every instance. Renewing takes no lock and allocates nothing; one loop finds what ran out and hands it to a sink in batches.
/// Thread-safe.
/// </summary>
internal sealed class LeaseTable : IAsyncDisposable
{
    // The deadline of a lease recovered as expired: before all else, so that it is counted with nothing that lapses from now on.
    private const long LongAgo = -(1L << 55);

    private readonly ConcurrentDictionary<InstanceKey, Lease> _leases = new();
    private readonly ConcurrentQueue<InstanceKey> _revived = new();
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly LeaseLoop _loop;

    // New leases on their way into the wheel: a stack linked through the leases.
    private Lease? _arrivals;
    private long _forgotten;

    public LeaseTable(LeaseOptions options, TimeProvider time, ILoggerFactory loggers, IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(loggers);
        ArgumentNullException.ThrowIfNull(meters);
        _time = time;
        _origin = time.GetTimestamp();
        _loop = new LeaseLoop(this, new LeaseExpiry(options, All(), Now, () => Interlocked.Read(ref _forgotten)), time, loggers.CreateLogger<LeaseTable>(), new LeaseMetrics(meters, this));
    }

    /// <summary>Leases held, expired ones too. Not for hot paths: it locks the table for a moment.</summary>
    public int Count => _leases.Count;

    /// <summary>State of the mass-expiry guard.</summary>
    public GuardStatus Guard => _loop.Guard;

    /// <summary>The table's clock.</summary>
    internal long Now => _time.GetElapsedTime(_origin).Ticks;

    /// <summary>Starts the loop. Before it, track what was recovered.</summary>
    public void Start(ILeaseSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        _loop.Start(sink);
    }

    /// <summary>
    /// Gives an instance a fresh lease: one full <paramref name="ttl"/> from now, or, when it is already expired (recovery), the full time before
    /// it is removed. Replaces the lease it had.
    /// </summary>
    public void Track(InstanceKey key, TimeSpan ttl, bool expired)
    {
        Lease? fresh = null;
        while (true)
        {
            // The usual case of a repeated registration keeps the object, and what was learned of its renewals.
            var known = _leases.TryGetValue(key, out var old);
            if (known && !expired && old!.HasTtl(ttl) && old.Renew(Now) != LeaseRenewal.Forgotten)
                return;
            fresh ??= new Lease(key, ttl, expired ? LongAgo : Now + ttl.Ticks, expired);
            if (known ? !_leases.TryUpdate(key, fresh, old!) : !_leases.TryAdd(key, fresh))
                continue;
            if (old is not null)
                End(old);
            Arrive(fresh);
            return;
        }
    }

    /// <summary>Ends a lease without a word to the sink; nothing happens when there is none.</summary>
    public void Forget(InstanceKey key)
    {
        if (_leases.TryRemove(key, out var lease))
            End(lease);
    }

    /// <summary>Renews a lease for its full ttl; false when there is none. One that had run out is handed to the sink as revived, once.</summary>
    public bool TryRenew(InstanceKey key)
    {
        while (_leases.TryGetValue(key, out var lease))
        {
            switch (lease.Renew(Now))
            {
                case LeaseRenewal.Renewed:
                    return true;
                case LeaseRenewal.Revived:
                    _revived.Enqueue(key);
                    return true;
                default:
                    // Between the lookup and the renewal it was replaced (look again) or removed (the lookup fails).
                    continue;
            }
        }

        return false;
    }

    /// <summary>True when the lease has run out and was not renewed since; false when there is none. The sink asks at the moment it writes.</summary>
    public bool IsOverdue(InstanceKey key) => _leases.TryGetValue(key, out var lease) && Lease.IsOverdue(lease.Word, Now);

    /// <summary>Stops the loop; what it had not handed over is found again after the next start.</summary>
    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    /// <summary>The leases added since the last call, linked by <see cref="Lease.Next"/>. The loop's.</summary>
    internal Lease? TakeArrivals() => Interlocked.Exchange(ref _arrivals, null);

    /// <summary>Takes a key that was revived by a renewal. The loop's.</summary>
    internal bool TryTakeRevived(out InstanceKey key) => _revived.TryDequeue(out key);

    private IEnumerable<Lease> All()
    {
        foreach (var (_, lease) in _leases)
            yield return lease;
    }

    private void End(Lease lease)
    {
        // First the number, then the fact: who finds the lease gone has to find that one more went.
        Interlocked.Increment(ref _forgotten);
        lease.Forget();
    }

    private void Arrive(Lease lease)
    {
        do
            lease.Next = Volatile.Read(ref _arrivals);
        while (Interlocked.CompareExchange(ref _arrivals, lease, lease.Next) != lease.Next);
    }
}
