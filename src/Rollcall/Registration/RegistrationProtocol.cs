using Rollcall.Api;

namespace Rollcall.Registration;

/// <summary>
/// Decides what a process that announces instances says to its node, and when. A state machine: inputs and answers come in with the
/// time, <see cref="Next"/> names the one thing to do now. No I/O, no clock, no lock; not thread-safe.
/// </summary>
internal sealed class RegistrationProtocol(int nodes, Random random)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestLongestPause = TimeSpan.FromMilliseconds(500);

    // How far the wall clock may run ahead between two looks before it counts as the machine having slept.
    private static readonly TimeSpan SleepTolerance = TimeSpan.FromSeconds(1);

    // Long enough for a node to be restarted, short enough not to hold up the shutdown of everything together with its node.
    private static readonly TimeSpan UnreachablePatience = TimeSpan.FromSeconds(3);

    private readonly List<Member> _members = [];
    private readonly NodeRotation _nodes = new(nodes, random);
    private readonly List<RegistrationNotice> _notices = [];
    private TimeSpan _renewAt = TimeSpan.MaxValue;
    private TimeSpan _drainSince;
    private Moment? _last;

    public IReadOnlyList<Member> Members => _members;

    /// <summary>Index of the node to ask.</summary>
    public int Node => _nodes.Current;

    /// <summary>True when no drain is waited for any more: all have ended, or no node has answered for so long that nobody can be told.</summary>
    public bool DrainSettled(TimeSpan now) =>
        _members.TrueForAll(member => member.DrainSettled(now))
        || (_nodes.FailingSince is { } since && now - (since > _drainSince ? since : _drainSince) >= UnreachablePatience);

    /// <summary>What happened since the last call.</summary>
    public IReadOnlyList<RegistrationNotice> TakeNotices()
    {
        if (_notices.Count == 0)
            return [];
        RegistrationNotice[] taken = [.. _notices];
        _notices.Clear();
        return taken;
    }

    /// <summary>Adds an instance, or replaces what is said of it.</summary>
    public void Announce(Announcement announcement, TimeSpan now)
    {
        var member = FindAnnounced(announcement.Service, announcement.Id);
        if (member is null)
        {
            _members.Add(new Member(announcement));
            return;
        }

        if (member.Leaving)
        {
            // It comes back before it has left: what was said of the one that leaves does not hold for the one that comes.
            member.Leaving = false;
            member.Status = EndpointState.Ready;
            member.StatusReason = null;
        }

        member.Announcement = announcement;
        member.NotBefore = now;
        member.DrainWanted = false;
        member.Forget();
    }

    /// <summary>Says whether an instance is ready. Ready ends a drain.</summary>
    public void SetStatus(string service, string id, EndpointState state, string? reason)
    {
        if (FindAnnounced(service, id) is not { } member)
            return;
        member.Status = state;
        member.StatusReason = reason;
        member.StatusDue = true;
        if (state == EndpointState.Ready)
            member.DrainWanted = false;
    }

    /// <summary>Asks that nothing new be sent to any instance, and to be told until when somebody still might.</summary>
    public void Drain(TimeSpan until, TimeSpan now)
    {
        _drainSince = now;
        foreach (var member in _members.Where(static member => !member.Leaving))
        {
            member.DrainUntil = until;
            if (member.DrainWanted)
                continue;
            member.DrainWanted = true;
            member.DrainMarked = false;
            // Of an instance no node was ever told, nobody knows.
            member.DrainComplete = !member.Attempted;
        }

        _nodes.Hurry(now);
    }

    /// <summary>Takes an instance out.</summary>
    public void Withdraw(string service, string id, TimeSpan now)
    {
        if (FindAnnounced(service, id) is { } member)
            member.Leaving = true;
        Settle();
        _nodes.Hurry(now);
    }

    /// <summary>Takes every instance out.</summary>
    public void WithdrawAll(TimeSpan now)
    {
        foreach (var member in _members)
            member.Leaving = true;
        Settle();
        _nodes.Hurry(now);
    }

    /// <summary>The one thing to do now.</summary>
    public RegistrationAction Next(Moment moment)
    {
        var now = moment.Elapsed;
        NoticeSleep(moment);
        if (now < _nodes.RetryAt)
            return new RegistrationAction.Wait(_nodes.RetryAt);
        if (now >= _renewAt)
            MarkRenewals();

        return RegistrationAgenda.Next(_members, _renewAt, now);
    }

    public void Registered(RegistrationAction.Register action, WriteDocument answer, TimeSpan now)
    {
        Reached(now);
        if (Find(action.Service, action.Id) is not { } member)
            return;
        member.Registered = true;
        member.Confirmed = true;
        member.Refusals = 0;
        member.StatusDue = member.Status != EndpointState.Ready;
        if (DurationText.TryParse(answer.Lease?.RenewEvery, out var every) && every > TimeSpan.Zero)
            member.RenewEvery = every;
        _renewAt = Earlier(_renewAt, now + Jittered(member.RenewEvery));
        _notices.Add(new RegistrationNotice.Registered(member.Service, member.Id, answer.Revision));
    }

    public void Renewed(RegistrationAction.Renew action, RenewResponseDocument answer, TimeSpan now)
    {
        Reached(now);
        foreach (var lease in action.Leases)
        {
            if (Find(lease.Service, lease.Id) is { } member)
                member.RenewDue = false;
        }

        foreach (var result in answer.Results)
        {
            if (result.Result == "renewed" || Find(result.Service, result.Id) is not { Registered: true } member)
                continue;
            if (result.Result == "forbidden")
                Conflict(member, now);
            else
                Forgotten(member);
        }

        PlanRenewal(now);
    }

    public void StatusSet(RegistrationAction.SetStatus action, TimeSpan now)
    {
        Reached(now);
        if (Find(action.Service, action.Id) is { } member && member.Status == action.State && member.StatusReason == action.Reason)
            member.StatusDue = false;
    }

    public void Drained(RegistrationAction.Drain action, DrainDocument answer, TimeSpan now)
    {
        Reached(now);
        if (Find(action.Service, action.Id) is not { } member)
            return;
        member.DrainMarked = true;
        member.Drain = answer;
        if (answer.Complete)
            member.DrainComplete = true;
        if (answer.Complete || now >= member.DrainUntil)
            _notices.Add(new RegistrationNotice.Drained(member.Service, member.Id, answer));
    }

    public void Deregistered(RegistrationAction.Deregister action, TimeSpan now)
    {
        Reached(now);
        Remove(action.Service, action.Id);
    }

    /// <summary>Notes that a register request is about to be sent: whether or not an answer comes, the node may have it.</summary>
    public void Attempting(RegistrationAction.Register action)
    {
        if (Find(action.Service, action.Id) is { } member)
            member.Attempt();
    }

    public void Failed(RegistrationAction action, NodeException error, TimeSpan now)
    {
        // Without a problem document it was no node that answered.
        if (error.IsTransient || error.Problem is null)
        {
            if (error.WasNotSent && action is RegistrationAction.Register unsent && Find(unsent.Service, unsent.Id) is { } unknown)
                unknown.AttemptWasNotSent();
            if (_nodes.Failed(now, LongestPauseNow(), error.RetryAfter))
                _notices.Add(new RegistrationNotice.Unreachable(error));
            return;
        }

        Reached(now);
        switch (action)
        {
            case RegistrationAction.Register register when Find(register.Service, register.Id) is { } member:
                if (error.Is("not-owner"))
                    Conflict(member, now);
                else
                    Refused(member, error, now);
                break;
            case RegistrationAction.Renew renew:
                RenewalRefused(renew, error, now);
                break;
            case RegistrationAction.SetStatus status when Find(status.Service, status.Id) is { } member:
                member.StatusDue = false;
                Lost(member, error, now);
                break;
            case RegistrationAction.Drain drain when Find(drain.Service, drain.Id) is { } member:
                DrainRefused(member, error, now);
                break;
            case RegistrationAction.Deregister deregister:
                Remove(deregister.Service, deregister.Id);
                break;
        }
    }

    private void MarkRenewals()
    {
        foreach (var member in _members)
            member.RenewDue = member.Registered;
        _renewAt = TimeSpan.MaxValue;
    }

    private void PlanRenewal(TimeSpan now)
    {
        foreach (var member in _members.Where(static member => member is { Registered: true, RenewDue: false }))
            _renewAt = Earlier(_renewAt, now + Jittered(member.RenewEvery));
    }

    // Timers stand still while a machine sleeps, leases do not: the first thing after waking is to renew.
    private void NoticeSleep(Moment moment)
    {
        var now = moment.Elapsed;
        if (_last is { } last && moment.Wall - last.Wall - (now - last.Elapsed) > SleepTolerance)
        {
            _nodes.Hurry(now);
            MarkRenewals();
        }

        _last = moment;
    }

    private void Reached(TimeSpan now)
    {
        if (_nodes.Succeeded(now) is { } outage)
            _notices.Add(new RegistrationNotice.Reachable(outage));
    }

    private void Forgotten(Member member)
    {
        member.Forget();
        _notices.Add(new RegistrationNotice.Forgotten(member.Service, member.Id));
    }

    private void Conflict(Member member, TimeSpan now)
    {
        var id = member.Id;
        member.Forget();
        if (member.DrainWanted)
        {
            // Whoever holds the id now is not this process: nobody is sent here by it.
            member.DrainComplete = true;
        }
        else if (member.Announcement.RenameOnConflict)
        {
            member.Rename(InstanceId.WithSuffix(member.AnnouncedId, random));
            _notices.Add(new RegistrationNotice.Conflict(member.Service, id, member.Id));
        }
        else
        {
            if (member.Refusals == 0)
                _notices.Add(new RegistrationNotice.Conflict(member.Service, id, null));
            Postpone(member, now);
        }
    }

    private void Refused(Member member, NodeException error, TimeSpan now)
    {
        if (member.Refusals == 0)
            _notices.Add(new RegistrationNotice.Refused(member.Service, member.Id, error));
        Postpone(member, now);
    }

    // A refusal is not the node's weakness: only time or an operator changes it, so the pause grows from a second.
    private void Postpone(Member member, TimeSpan now)
    {
        var pause = TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, Math.Min(member.Refusals, 10))));
        member.Refusals++;
        member.NotBefore = now + Jittered(pause);
    }

    private void RenewalRefused(RegistrationAction.Renew renew, NodeException error, TimeSpan now)
    {
        foreach (var lease in renew.Leases)
        {
            if (Find(lease.Service, lease.Id) is { } member)
                member.RenewDue = false;
        }

        _notices.Add(new RegistrationNotice.Refused(renew.Leases[0].Service ?? "", renew.Leases[0].Id ?? "", error));
        PlanRenewal(now);
    }

    private void DrainRefused(Member member, NodeException error, TimeSpan now)
    {
        if (error.Status == 404 && member.Confirmed)
        {
            Forgotten(member);
            return;
        }

        member.DrainComplete = true;
        if (error.Status != 404)
            Lost(member, error, now);
    }

    private void Lost(Member member, NodeException error, TimeSpan now)
    {
        if (error.Status == 404)
            Forgotten(member);
        else if (error.Is("not-owner"))
            Conflict(member, now);
        else
            _notices.Add(new RegistrationNotice.Refused(member.Service, member.Id, error));
    }

    private void Remove(string service, string id)
    {
        if (Find(service, id) is not { } member)
            return;
        _members.Remove(member);
        _notices.Add(new RegistrationNotice.Deregistered(service, id));
    }

    // What no node was told needs no goodbye.
    private void Settle() => _members.RemoveAll(static member => member is { Leaving: true, Attempted: false });

    private Member? FindAnnounced(string service, string id) =>
        _members.Find(member => string.Equals(member.Service, service, StringComparison.Ordinal) && string.Equals(member.AnnouncedId, id, StringComparison.Ordinal));

    private Member? Find(string? service, string? id) =>
        _members.Find(member => string.Equals(member.Service, service, StringComparison.Ordinal) && string.Equals(member.Id, id, StringComparison.Ordinal));

    // Never later than asked, up to a sixth earlier: the leases of many processes started together spread out.
    private TimeSpan Jittered(TimeSpan period) => period * (1 - (random.NextDouble() / 6));

    // While a lease may still be alive, several attempts must fit into it.
    private TimeSpan LongestPauseNow()
    {
        var shortest = _members.Count == 0 ? LongestPause : _members.Min(static member => member.Announcement.Ttl) / 4;
        return shortest > LongestPause ? LongestPause : shortest < ShortestLongestPause ? ShortestLongestPause : shortest;
    }

    private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
