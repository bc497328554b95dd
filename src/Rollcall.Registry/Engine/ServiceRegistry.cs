using Rollcall.Registry.Catalogs;
using Rollcall.Registry.Checks;
using Rollcall.Registry.Journaling;
using Rollcall.Registry.Watchers;

namespace Rollcall.Registry.Engine;

/// <summary>
/// A registry in one process: catalog, leases, checks and journal. Writes go through one sequencer and are acknowledged once they are safe;
/// reads take immutable snapshots. Thread-safe.
/// </summary>
public sealed class ServiceRegistry : IAsyncDisposable
{
    /// <summary>Opens the journal, rebuilds the catalog, gives every lease one full ttl of grace and starts to work.</summary>
    /// <exception cref="JournalCorruptException">The journal is damaged in the middle.</exception>
    public static Task<ServiceRegistry> OpenAsync(
        RegistryOptions options,
        IReadOnlyDictionary<CheckKind, ICheckProbe> probes,
        RegistryEnvironment environment,
        CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The read model.</summary>
    public Catalog Catalog => throw new NotImplementedException();

    /// <summary>Who watches.</summary>
    public WatcherTable Watchers => throw new NotImplementedException();

    /// <summary>Names one life of the data.</summary>
    public string Epoch => throw new NotImplementedException();

    /// <summary>What recovery had to mend; null when all was whole.</summary>
    public string? RecoveryReport => throw new NotImplementedException();

    /// <summary>How the journal is doing.</summary>
    public JournalHealth Journal => throw new NotImplementedException();

    /// <summary>State of the mass-expiry guard.</summary>
    public GuardStatus Guard => throw new NotImplementedException();

    /// <summary>The moment from which history is complete (UTC).</summary>
    public DateTimeOffset HistoryCompleteSince => throw new NotImplementedException();

    /// <summary>Registers or replaces. The registration has passed <see cref="RegistrationValidator"/>. A fresh start: earlier drain and status are forgotten.</summary>
    public ValueTask<WriteResult> RegisterAsync(InstanceRegistration registration, string? owner, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Takes an instance away.</summary>
    public ValueTask<WriteResult> DeregisterAsync(InstanceKey key, string? owner, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Sets what the owner says of its readiness; renews the lease; making it ready also ends a drain.</summary>
    public ValueTask<WriteResult> SetStatusAsync(InstanceKey key, bool ready, string? reason, string? owner, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Begins to drain and waits until every live poll watcher has applied it, or the timeout.</summary>
    public Task<DrainResult> DrainAsync(InstanceKey key, string? owner, TimeSpan timeout, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Renews a lease; no journal, no lock. A lease that had run out revives its instance shortly after.</summary>
    public RenewResult Renew(InstanceKey key, string? owner) => throw new NotImplementedException();

    /// <summary>Changes since a moment, oldest first.</summary>
    public IAsyncEnumerable<Change> ReadHistoryAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>A service as it was at a moment; null when history does not reach back that far.</summary>
    public ValueTask<ServiceSnapshot?> ReadServiceAtAsync(string service, DateTimeOffset at, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Stops: refuses new writes, finishes those under way, flushes, releases waiters.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
