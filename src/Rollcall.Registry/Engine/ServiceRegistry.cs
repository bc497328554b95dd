using Rollcall.Registry.Catalogs;
using Rollcall.Registry.Checks;
using Rollcall.Registry.Journaling;
using Rollcall.Registry.Leases;
using Rollcall.Registry.Replication;
using Rollcall.Registry.Watchers;

namespace Rollcall.Registry.Engine;

/// <summary>
/// A registry in one process: catalog, leases, checks and journal. Writes go through one sequencer and are acknowledged once they are safe;
/// reads take immutable snapshots. Thread-safe.
/// </summary>
public sealed class ServiceRegistry : IAsyncDisposable
{
    /// <summary>
    /// How long after a restart the watchers of the life before may take to come back: the longest pause between two attempts of theirs.
    /// Until then a list of watchers without them proves nothing.
    /// </summary>
    internal static readonly TimeSpan WatcherReturn = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ForgettingInterval = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly long _opened;
    private readonly bool _isRestart;
    private readonly int _drainMinReady;
    private readonly IJournal _journal;
    private readonly StandaloneReplication _replication;
    private readonly LeaseTable _leases;
    private readonly HealthChecker _checks;
    private readonly TimeProvider _time;
    private readonly ITimer _forgetting;
    private readonly Lazy<Task> _stop;

    private ServiceRegistry(
        RegistryOptions options,
        IReadOnlyDictionary<CheckKind, ICheckProbe> probes,
        RegistryEnvironment environment,
        IJournal journal)
    {
        var (time, random, loggers, meters) = environment;
        _journal = journal;
        _time = time;
        _opened = time.GetTimestamp();
        _isRestart = journal.Recovered.Revision > 0;
        _drainMinReady = options.DrainMinReady;
        _leases = new LeaseTable(options.Leases, time, loggers, meters);
        _checks = new HealthChecker(options.MaxConcurrentChecks, probes, time, random, loggers, meters);
        Watchers = new WatcherTable(time, () => Catalog.Head, new WatcherLimits());
        var state = new RegistryState(options.MaxServices, options.MaxInstancesPerService);
        var tracker = new CommitTracker(_leases, _checks);
        state.Load(journal.Recovered.Instances);
        Catalog.Load(journal.Recovered.Revision, journal.Recovered.Instances, journal.Recovered.Emptied);
        foreach (var instance in journal.Recovered.Instances)
            tracker.Track(instance);
        RecoveryReport = journal.Recovered.Report;
        Epoch = journal.Epoch;

        _replication = new StandaloneReplication(new ReplicationParts(journal, Catalog, state, tracker, time, loggers, meters), options.WriteQueue);
        _ = new RegistryMetrics(meters, Catalog, Watchers);
        _forgetting = time.CreateTimer(_ => Catalog.ForgetEmptiedBefore(time.GetUtcNow() - options.Journal.HistoryAge), null, ForgettingInterval, ForgettingInterval);
        _stop = new Lazy<Task>(StopAsync);
    }

    /// <summary>The read model.</summary>
    public Catalog Catalog { get; } = new();

    /// <summary>Who watches.</summary>
    public WatcherTable Watchers { get; }

    /// <summary>Names one life of the data.</summary>
    public string Epoch { get; }

    /// <summary>What recovery had to mend; null when all was whole.</summary>
    public string? RecoveryReport { get; }

    /// <summary>How the journal is doing.</summary>
    public JournalHealth Journal => _journal.Health;

    /// <summary>State of the mass-expiry guard.</summary>
    public GuardStatus Guard => _leases.Guard;

    /// <summary>The moment from which history is complete (UTC).</summary>
    public DateTimeOffset HistoryCompleteSince => _journal.HistoryCompleteSince;

    /// <summary>Opens the journal, rebuilds the catalog, gives every lease one full ttl of grace and starts to work.</summary>
    /// <exception cref="ArgumentException">Options are out of their range; the message names each.</exception>
    /// <exception cref="JournalCorruptException">The journal is damaged in the middle.</exception>
    public static async Task<ServiceRegistry> OpenAsync(
        RegistryOptions options,
        IReadOnlyDictionary<CheckKind, ICheckProbe> probes,
        RegistryEnvironment environment,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(environment);
        var violations = string.Join(' ', options.Violations());
        if (violations.Length > 0)
            throw new ArgumentException(violations, nameof(options));
        var journal = await Journaling.Journal.OpenAsync(options.Journal, environment.Time, environment.Loggers, cancellationToken);
        return await OpenAsync(options, probes, environment, journal);
    }

    /// <summary>Works on a journal that is open, and owns it from here on.</summary>
    internal static async Task<ServiceRegistry> OpenAsync(
        RegistryOptions options,
        IReadOnlyDictionary<CheckKind, ICheckProbe> probes,
        RegistryEnvironment environment,
        IJournal journal)
    {
        try
        {
            var registry = new ServiceRegistry(options, probes, environment, journal);
            registry.Start();
            return registry;
        }
        catch
        {
            await journal.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Registers or replaces. The registration has passed <see cref="RegistrationValidator"/>. A fresh start: earlier drain and status are forgotten.
    /// One that is equal to what is there renews its lease and changes nothing.
    /// </summary>
    public async ValueTask<WriteResult> RegisterAsync(InstanceRegistration registration, string? owner, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(registration);
        var result = await _replication.SubmitAsync(new Register(registration, OwnerSecret.From(owner)), null, cancellationToken);
        if (result.Outcome == WriteOutcome.Unchanged)
            _leases.TryRenew(new InstanceKey(registration.Service, registration.Id));
        return result;
    }

    /// <summary>Takes an instance away.</summary>
    public ValueTask<WriteResult> DeregisterAsync(InstanceKey key, string? owner, CancellationToken cancellationToken) =>
        _replication.SubmitAsync(new Deregister(key, OwnerSecret.From(owner)), null, cancellationToken);

    /// <summary>Sets what the owner says of its readiness; renews the lease; making it ready also ends a drain.</summary>
    public ValueTask<WriteResult> SetStatusAsync(InstanceKey key, bool ready, string? reason, string? owner, CancellationToken cancellationToken)
    {
        var secret = OwnerSecret.From(owner);
        // First, so that a lapse found meanwhile is known to be over when it is about to be written.
        Renew(key, secret);
        return _replication.SubmitAsync(new SetStatus(key, ready, reason, secret), null, cancellationToken);
    }

    /// <summary>
    /// Takes over what another system knows: each instance as it is there now, and those that are gone. All that the journal can take becomes one write. An instance that was registered here
    /// stays as it is.
    /// </summary>
    /// <param name="instances">As they are there; they have passed <see cref="RegistrationValidator"/>.</param>
    /// <param name="gone">Imported before and not there any more. One that was registered here is left alone.</param>
    /// <param name="why">Why those are gone, in words.</param>
    /// <param name="cancellationToken">Gives up what has not been taken yet.</param>
    /// <returns>What became of each, the gone behind the others.</returns>
    public Task<WriteResult[]> ImportAsync(IReadOnlyList<ImportedInstance> instances, IReadOnlyList<InstanceKey> gone, string why, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(instances);
        ArgumentNullException.ThrowIfNull(gone);
        return _replication.SubmitAllAsync(
            [.. instances.Select(static (Command, Func<bool>?) (instance) => (new Import(instance), null)), .. gone.Select((Command, Func<bool>?) (key) => (new RemoveImported(key, why), null))],
            cancellationToken);
    }

    /// <summary>
    /// Says what enough callers of an instance agree on, as it was registered when they called it: it is not ready while they do. Changes nothing when it was registered anew since.
    /// </summary>
    /// <param name="instance">The instance that they called.</param>
    /// <param name="finding">Why it is not ready, in words; null takes it back.</param>
    /// <param name="cancellationToken">Gives up while it waits to be written.</param>
    public ValueTask<WriteResult> SetCallersFindingAsync(Instance instance, string? finding, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return _replication.SubmitAsync(new ReportCallers(instance.Key, instance.Registration, finding), null, cancellationToken);
    }

    /// <summary>
    /// Begins to drain and waits until every live watcher of the service has applied it, or the timeout, or the registry stops.
    /// Drains that are under way already are joined. Soon after a restart it first gives the watchers of before the time to come back.
    /// </summary>
    /// <param name="key">The instance.</param>
    /// <param name="owner">Its secret.</param>
    /// <param name="force">Why it is to be drained even if fewer than <see cref="RegistryOptions.DrainMinReady"/> stay ready; null to be refused then.</param>
    /// <param name="timeout">How long to wait for the watchers.</param>
    /// <param name="cancellationToken">Gives up waiting; the instance stays draining.</param>
    public async Task<DrainResult> DrainAsync(InstanceKey key, string? owner, string? force, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        var write = await _replication.SubmitAsync(new BeginDrain(key, OwnerSecret.From(owner), _drainMinReady, force), null, cancellationToken);
        if (!write.Succeeded)
            return new(write, 0, [], _time.GetElapsedTime(start));
        var known = await WaitForWatchersToReturnAsync(timeout, cancellationToken);
        var left = timeout - _time.GetElapsedTime(start);
        var (asked, told, waiting) = await Watchers.WaitUntilAppliedAsync(
            key.Service, write.Revision, left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken);
        return new(write, asked, waiting, _time.GetElapsedTime(start)) { KnowsWatchers = known, Told = told };
    }

    /// <summary>Renews a lease; no journal, no lock. A lease that had run out revives its instance shortly after.</summary>
    public RenewResult Renew(InstanceKey key, string? owner) => Renew(key, OwnerSecret.From(owner));

    /// <summary>Renews one of many leases with a secret that was hashed once for all of them. No journal, no lock, no allocation.</summary>
    public RenewResult Renew(InstanceKey key, OwnerSecret owner)
    {
        if (Catalog.GetInstance(key) is not { } instance)
            return RenewResult.Unknown;
        if (!owner.Opens(instance.OwnerHash))
            return RenewResult.Forbidden;
        return _leases.TryRenew(key) ? RenewResult.Renewed : RenewResult.Unknown;
    }

    /// <summary>Changes since a moment, oldest first.</summary>
    public IAsyncEnumerable<Change> ReadHistoryAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        _journal.ReadHistoryAsync(since, cancellationToken);

    /// <summary>A service as it was at a moment; null when history does not reach back that far. Its revision is the node's at that moment.</summary>
    public async ValueTask<ServiceSnapshot?> ReadServiceAtAsync(string service, DateTimeOffset at, CancellationToken cancellationToken) =>
        await _journal.ReadStateAtAsync(at, service, cancellationToken) is { } past
            ? new ServiceSnapshot(service, past.Revision, [.. past.Instances.OrderBy(static instance => instance.Registration.Id, StringComparer.Ordinal)])
            : null;

    /// <summary>
    /// Says that the registry will be disposed soon: drains that wait end with those who have not applied them, and none waits from here on. Reads and
    /// writes go on. May be called more than once.
    /// </summary>
    public void BeginStop()
    {
        // First those who would be waited for next, then the wait before it.
        Watchers.Dispose();
        _stopping.Cancel();
    }

    /// <summary>
    /// Stops: refuses new writes as busy, finishes those under way, flushes. Who waits for a change gets the service as it is; a drain that waits
    /// ends with those who have not applied it; streams of changes end.
    /// </summary>
    public ValueTask DisposeAsync() => new(_stop.Value);

    // True when they had the time.
    private async Task<bool> WaitForWatchersToReturnAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var left = WatcherReturn - _time.GetElapsedTime(_opened);
        if (!_isRestart || left <= TimeSpan.Zero)
            return true;
        if (limit <= TimeSpan.Zero)
            return false;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        try
        {
            await Task.Delay(left < limit ? left : limit, _time, either.Token);
            return left <= limit;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false; // the registry stops: the drain ends with those who are known
        }
    }

    private void Start()
    {
        var sink = new SinkWriter(_replication, Catalog, _leases, _checks);
        _leases.Start(sink);
        _checks.Start(sink);
    }

    private async Task StopAsync()
    {
        BeginStop();
        var writes = _replication.DisposeAsync();
        Catalog.Close();
        await _forgetting.DisposeAsync();
        await _checks.DisposeAsync();
        await _leases.DisposeAsync();
        try
        {
            await writes;
        }
        finally
        {
            await _journal.DisposeAsync();
        }
    }
}
