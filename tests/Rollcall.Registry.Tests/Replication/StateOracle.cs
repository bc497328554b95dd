using Rollcall.Registry.Checks;
using Rollcall.Registry.Replication;

namespace Rollcall.Registry.Tests.Replication;

/// <summary>What a registry should say, written as plainly as can be: mutable records, no revisions, no undo.</summary>
internal sealed class StateOracle(int maxServices, int maxInstancesPerService)
{
    private readonly Dictionary<InstanceKey, Entry> _entries = [];

    public IEnumerable<(InstanceKey Key, EndpointState State, string? Reason, int Port)> Facts =>
        _entries.Select(static e => (e.Key, e.Value.State, e.Value.Reason, e.Value.Registration.Ports["http"]));

    public WriteOutcome Decide(Command command, string? owner)
    {
        var entry = _entries.GetValueOrDefault(command.Key);
        if (command is Register register)
            return Decide(register.Registration, owner, entry);
        if (entry is null)
            return WriteOutcome.NotFound;
        if (command is Deregister or SetStatus or BeginDrain && entry.Owner is not null && entry.Owner != owner)
            return WriteOutcome.Forbidden;
        var before = entry.ToString();
        switch (command)
        {
            case Deregister:
                _entries.Remove(command.Key);
                return WriteOutcome.Changed;
            case RemoveExpired remove when entry.Expired && ReferenceEquals(remove.Of, entry.Registration):
                _entries.Remove(command.Key);
                return WriteOutcome.Changed;
            case SetStatus status:
                entry.OwnerReady = status.Ready;
                entry.OwnerReason = status.Reason;
                entry.Expired = false;
                if (status.Ready)
                    (entry.Draining, entry.DrainReason) = (false, null);
                break;
            case BeginDrain { Force: null } drain when entry.State == EndpointState.Ready
                && _entries.Count(e => e.Key.Service == command.Key.Service && e.Key != command.Key && e.Value.State == EndpointState.Ready) < drain.MinReady:
                return WriteOutcome.BelowFloor;
            case BeginDrain drain:
                entry.Draining = true;
                if (drain.Force is not null)
                    entry.DrainReason = drain.Force;
                break;
            case ExpireLease expire when ReferenceEquals(expire.Of, entry.Registration):
                entry.Expired = true;
                break;
            case ReviveLease:
                entry.Expired = false;
                break;
            case ReportChecks report when ReferenceEquals(report.Of, entry.Registration) && entry.Registration.Checks.Length > 0:
                entry.Failing = report.Failing;
                break;
            case ReportCallers report when ReferenceEquals(report.Of, entry.Registration):
                entry.Found = report.Finding;
                break;
            default:
                break;
        }

        return before == entry.ToString() ? WriteOutcome.Unchanged : WriteOutcome.Changed;
    }

    private WriteOutcome Decide(InstanceRegistration registration, string? owner, Entry? entry)
    {
        var key = new InstanceKey(registration.Service, registration.Id);
        var fresh = new Entry
        {
            Registration = registration,
            Owner = owner,
            Failing = registration.Checks.Length > 0 ? HealthChecker.NotCheckedYet : null,
        };
        if (entry is null)
        {
            var services = _entries.Keys.Select(static k => k.Service).Distinct().ToList();
            if (!services.Contains(key.Service) && services.Count >= maxServices)
                return WriteOutcome.LimitReached;
            if (_entries.Keys.Count(k => k.Service == key.Service) >= maxInstancesPerService)
                return WriteOutcome.LimitReached;
            _entries[key] = fresh;
            return WriteOutcome.Created;
        }

        if (entry.Owner is not null && entry.Owner != owner)
            return WriteOutcome.Forbidden;
        if (entry.Owner == owner
            && entry is { Draining: false, Expired: false, OwnerReady: true, OwnerReason: null, Found: null }
            && entry.Registration.Ports["http"] == registration.Ports["http"]
            && entry.Registration.Checks.Length == registration.Checks.Length)
            return WriteOutcome.Unchanged;
        _entries[key] = fresh;
        return WriteOutcome.Changed;
    }

    private sealed record Entry
    {
        public required InstanceRegistration Registration { get; init; }

        public string? Owner { get; init; }

        public bool OwnerReady { get; set; } = true;

        public string? OwnerReason { get; set; }

        public bool Draining { get; set; }

        public string? DrainReason { get; set; }

        public bool Expired { get; set; }

        public string? Failing { get; set; }

        public string? Found { get; set; }

        public EndpointState State =>
            Draining ? EndpointState.Draining
            : Expired || Failing is not null || !OwnerReady || Found is not null ? EndpointState.NotReady
            : EndpointState.Ready;

        public string? Reason =>
            Expired ? "lease expired"
            : Draining ? DrainReason
            : Failing ?? (OwnerReady ? Found : null) ?? OwnerReason;
    }
}
