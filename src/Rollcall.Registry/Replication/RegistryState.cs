using System.Globalization;
using Rollcall.Registry.Checks;

namespace Rollcall.Registry.Replication;

/// <summary>What became of a command.</summary>
/// <param name="Result">For who asked.</param>
/// <param name="Change">What is to be made safe and published; null when nothing changed.</param>
/// <param name="Before">The instance before it, with which <see cref="RegistryState.Undo"/> goes back.</param>
internal readonly record struct Applied(WriteResult Result, Change? Change = null, Instance? Before = null);

/// <summary>
/// The truth of a registry as a pure state machine: state and command and time make a result and at most one change. No clock, no I/O,
/// no lock; one thread at a time. Replaying the changes it made rebuilds it.
/// </summary>
internal sealed class RegistryState(int maxServices, int maxInstancesPerService)
{
    /// <summary>What an instance says whose lease is overdue.</summary>
    public const string LeaseExpired = "lease expired";

    private readonly Dictionary<string, Dictionary<string, Instance>> _services = new(StringComparer.Ordinal);

    public int InstanceCount { get; private set; }

    /// <summary>Takes over what a journal recovered.</summary>
    public void Load(IEnumerable<Instance> instances)
    {
        foreach (var instance in instances)
            Put(instance.Key, instance);
    }

    public Instance? Find(InstanceKey key) =>
        _services.TryGetValue(key.Service, out var service) && service.TryGetValue(key.Id, out var instance) ? instance : null;

    /// <summary>All instances as they are now; they are immutable, so the copy stays true while the state moves on.</summary>
    public Instance[] CopyInstances()
    {
        var copy = new Instance[InstanceCount];
        var next = 0;
        foreach (var service in _services.Values)
        {
            service.Values.CopyTo(copy, next);
            next += service.Count;
        }

        return copy;
    }

    /// <summary>Decides a command; a change it makes becomes <paramref name="revision"/>.</summary>
    public Applied Apply(Command command, DateTimeOffset now, long revision)
    {
        var before = Find(command.Key);
        return command switch
        {
            Register register => Apply(register, before, now, revision),
            Import import => Apply(import.Instance, before, now, revision),
            _ when before is null => new(new(WriteOutcome.NotFound, revision - 1, $"There is no instance '{command.Key}'; it may have expired and been removed, or was never registered.")),
            RemoveImported remove => before.Origin is null ? Unchanged(before) : Remove(before, ChangeKind.Removed, remove.Reason, now, revision),
            Deregister or SetStatus or BeginDrain when before.Origin is not null => ReadOnly(before),
            Deregister deregister => deregister.Owner.Opens(before.OwnerHash)
                ? Remove(before, ChangeKind.Deregistered, reason: null, now, revision)
                : Forbidden(before),
            SetStatus status => Apply(status, before, now, revision),
            BeginDrain drain => Apply(drain, before, now, revision),
            ExpireLease expire => ReferenceEquals(expire.Of, before.Registration)
                ? Change(before, before with { Expired = true }, ChangeKind.Expired, now, revision)
                : Unchanged(before),
            ReviveLease => Change(before, before with { Expired = false }, ChangeKind.Revived, now, revision),
            RemoveExpired remove => before.Expired && ReferenceEquals(remove.Of, before.Registration)
                ? Remove(before, ChangeKind.Removed, LeaseExpired, now, revision)
                : Unchanged(before),
            ReportChecks report => !before.Registration.Checks.IsEmpty && ReferenceEquals(report.Of, before.Registration)
                ? Change(before, before with { FailingCheck = report.Failing }, ChangeKind.Status, now, revision)
                : Unchanged(before),
            ReportCallers report => ReferenceEquals(report.Of, before.Registration)
                ? Change(before, before with { CallersFinding = report.Finding }, ChangeKind.Status, now, revision)
                : Unchanged(before),
            _ => throw new ArgumentException($"Unknown command {command.GetType().Name}.", nameof(command)),
        };
    }

    /// <summary>Takes back a change; changes are taken back in the reverse of the order they were made in.</summary>
    public void Undo(in Applied applied)
    {
        if (applied.Change is not { } change)
            return;
        if (applied.Before is { } before)
            Put(change.Key, before);
        else
            Drop(change.Key);
    }

    private Applied Apply(Register command, Instance? before, DateTimeOffset now, long revision)
    {
        var started = new Instance
        {
            Registration = command.Registration,
            OwnerHash = command.Owner.Hash,
            FailingCheck = command.Registration.Checks.IsEmpty ? null : HealthChecker.NotCheckedYet,
            State = EndpointState.Unknown,
            Since = now,
            Revision = revision,
        };
        if (before is null)
            return Add(started, now, revision);
        if (before.Origin is not null)
            return ReadOnly(before);
        if (!command.Owner.Opens(before.OwnerHash))
            return Forbidden(before);
        // Said again while nothing has happened to it: the verdict of its checks stands, so a client that registers periodically does not flap. What callers found is not about
        // a process that has just started.
        var isSame = !before.Draining && !before.Expired && before.OwnerReady && before.OwnerReason is null && before.CallersFinding is null
            && before.Registration.Equals(command.Registration)
            && before.OwnerHash.AsSpan().SequenceEqual(started.OwnerHash.AsSpan());
        return isSame ? Unchanged(before) : Store(before, started, ChangeKind.Updated, now, revision);
    }

    private Applied Apply(ImportedInstance imported, Instance? before, DateTimeOffset now, long revision)
    {
        if (before is { Origin: null })
            return new(new(WriteOutcome.ReadOnly, before.Revision, $"The instance '{before.Key}' was registered here, so that it is not taken from {imported.Origin}."));
        var after = new Instance
        {
            Registration = before?.Registration.Equals(imported.Registration) == true ? before.Registration : imported.Registration,
            Origin = imported.Origin,
            OwnerReady = imported.State is EndpointState.Ready or EndpointState.Draining,
            OwnerReason = imported.Reason,
            Draining = imported.State == EndpointState.Draining,
            CallersFinding = before?.CallersFinding,
            State = EndpointState.Unknown,
            Since = imported.Since ?? now,
            Revision = revision,
        };
        if (before is null)
            return Add(after, now, revision, imported.Since);
        var (state, reason) = Effective(after);
        // When the source says since when, that is about what the source says: callers may have found something later.
        var said = imported.Since is { } at && !(before.State == state && before.Since > at && after.CallersFinding is not null) ? at : (DateTimeOffset?)null;
        var since = said ?? (before.State == state ? before.Since : now);
        return (after with { State = state, Reason = reason, Since = since, Revision = before.Revision }).Equals(before)
            ? Unchanged(before)
            : Store(before, after, ReferenceEquals(after.Registration, before.Registration) ? ChangeKind.Status : ChangeKind.Updated, now, revision, since);
    }

    private Applied Add(Instance started, DateTimeOffset now, long revision, DateTimeOffset? since = null) => LimitReached(started.Key) is { } message
        ? new(new(WriteOutcome.LimitReached, revision - 1, message))
        : Store(null, started, ChangeKind.Registered, now, revision, since);

    private Applied Apply(SetStatus command, Instance before, DateTimeOffset now, long revision)
    {
        if (!command.Owner.Opens(before.OwnerHash))
            return Forbidden(before);
        var after = before with
        {
            OwnerReady = command.Ready,
            OwnerReason = command.Reason,
            Draining = before.Draining && !command.Ready,
            DrainReason = command.Ready ? null : before.DrainReason,
            Expired = false,
        };
        return Change(before, after, ChangeKind.Status, now, revision);
    }

    private Applied Apply(BeginDrain command, Instance before, DateTimeOffset now, long revision)
    {
        if (!command.Owner.Opens(before.OwnerHash))
            return Forbidden(before);
        if (command.Force is null && before.State == EndpointState.Ready)
        {
            var left = _services[before.Key.Service].Values.Count(static instance => instance.State == EndpointState.Ready) - 1;
            if (left < command.MinReady)
                return BelowFloor(before, left, command.MinReady);
        }

        return Change(before, before with { Draining = true, DrainReason = command.Force ?? before.DrainReason }, ChangeKind.Draining, now, revision);
    }

    private Applied Change(Instance before, Instance after, ChangeKind kind, DateTimeOffset now, long revision) =>
        after.Equals(before) ? Unchanged(before) : Store(before, after, kind, now, revision);

    private Applied Store(Instance? before, Instance after, ChangeKind kind, DateTimeOffset now, long revision, DateTimeOffset? since = null)
    {
        var (state, reason) = Effective(after);
        after = after with { State = state, Reason = reason, Since = since ?? (before?.State == state ? before.Since : now), Revision = revision };
        Put(after.Key, after);
        var outcome = before is null ? WriteOutcome.Created : WriteOutcome.Changed;
        return new(new(outcome, revision), new Change(revision, now, kind, after.Key, after, reason), before);
    }

    private Applied Remove(Instance before, ChangeKind kind, string? reason, DateTimeOffset now, long revision)
    {
        Drop(before.Key);
        return new(new(WriteOutcome.Changed, revision), new Change(revision, now, kind, before.Key, null, reason), before);
    }

    private static (EndpointState State, string? Reason) Effective(Instance instance) => instance switch
    {
        { Draining: true } => (EndpointState.Draining, instance.Expired ? LeaseExpired : instance.DrainReason),
        { Expired: true } => (EndpointState.NotReady, LeaseExpired),
        { FailingCheck: { } failing } => (EndpointState.NotReady, failing),
        { OwnerReady: false } => (EndpointState.NotReady, instance.OwnerReason),
        { CallersFinding: { } finding } => (EndpointState.NotReady, finding),
        _ => (EndpointState.Ready, instance.OwnerReason),
    };

    private static Applied Unchanged(Instance before) => new(new(WriteOutcome.Unchanged, before.Revision));

    private static Applied Forbidden(Instance before) =>
        new(new(WriteOutcome.Forbidden, before.Revision, $"The instance '{before.Key}' has an owner, and the secret given is not the owner's (or none was given)."));

    private static Applied BelowFloor(Instance before, int left, int floor) =>
        new(new(WriteOutcome.BelowFloor, before.Revision, string.Create(
            CultureInfo.InvariantCulture,
            $"Without '{before.Key}' {left} of its service would be ready, and {floor} must stay. Start another instance first, or force it with a reason.")));

    private static Applied ReadOnly(Instance before) =>
        new(new(WriteOutcome.ReadOnly, before.Revision, $"The instance '{before.Key}' is imported from {before.Origin}, and can only be changed there."));

    private string? LimitReached(InstanceKey key)
    {
        if (!_services.TryGetValue(key.Service, out var service))
        {
            return _services.Count < maxServices
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"The registry holds {maxServices:N0} services already, the most it is configured for; the service '{key.Service}' would be one more.");
        }

        return service.Count < maxInstancesPerService
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"The service '{key.Service}' holds {maxInstancesPerService:N0} instances already, the most a service is configured for; '{key.Id}' would be one more.");
    }

    private void Put(InstanceKey key, Instance instance)
    {
        if (!_services.TryGetValue(key.Service, out var service))
            _services.Add(key.Service, service = new Dictionary<string, Instance>(StringComparer.Ordinal));
        var count = service.Count;
        service[key.Id] = instance;
        InstanceCount += service.Count - count;
    }

    private void Drop(InstanceKey key)
    {
        if (!_services.TryGetValue(key.Service, out var service) || !service.Remove(key.Id))
            return;
        InstanceCount--;
        if (service.Count == 0)
            _services.Remove(key.Service);
    }
}
