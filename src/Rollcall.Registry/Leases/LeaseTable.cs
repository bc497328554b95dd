using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Rollcall.Registry.Leases;

/// <summary>
/// The lease of every instance. Renewing takes no lock and allocates nothing; one loop finds what ran out and hands it to a sink in batches.
/// Thread-safe.
/// </summary>
internal sealed class LeaseTable : IAsyncDisposable
{
    public LeaseTable(RegistryOptions options, TimeProvider time, ILoggerFactory loggers, IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(options);
    }

    /// <summary>Leases held, expired ones too.</summary>
    public int Count => throw new NotImplementedException();

    /// <summary>State of the mass-expiry guard.</summary>
    public GuardStatus Guard => throw new NotImplementedException();

    /// <summary>Starts the loop. Before it, track what was recovered.</summary>
    public void Start(ILeaseSink sink) => throw new NotImplementedException();

    /// <summary>
    /// Gives an instance a fresh lease: one full <paramref name="ttl"/> from now, or, when it is already expired (recovery), the full time before
    /// it is removed. Replaces the lease it had.
    /// </summary>
    public void Track(InstanceKey key, TimeSpan ttl, bool expired) => throw new NotImplementedException();

    /// <summary>Ends a lease without a word to the sink; nothing happens when there is none.</summary>
    public void Forget(InstanceKey key) => throw new NotImplementedException();

    /// <summary>Renews a lease for its full ttl; false when there is none. One that had run out is handed to the sink as revived, once.</summary>
    public bool TryRenew(InstanceKey key) => throw new NotImplementedException();

    /// <summary>True when the lease has run out and was not renewed since; false when there is none. The sink asks at the moment it writes.</summary>
    public bool IsOverdue(InstanceKey key) => throw new NotImplementedException();

    /// <summary>Stops the loop; what it had not handed over is found again after the next start.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
