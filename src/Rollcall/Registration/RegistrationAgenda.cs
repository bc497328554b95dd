using Rollcall.Api;

namespace Rollcall.Registration;

/// <summary>Orders what is due: leaving first, then what keeps leases alive, then what is new, then what can wait.</summary>
internal static class RegistrationAgenda
{
    /// <summary>So many of the longest names fit in a request body of 64 KiB.</summary>
    public const int MaxLeasesPerRenewal = 256;

    private static readonly TimeSpan LongestDrainPoll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestDrainPoll = TimeSpan.FromMilliseconds(50);

    /// <summary>The one thing to do now, given when the next renewal is due.</summary>
    public static RegistrationAction Next(List<Member> members, TimeSpan renewAt, TimeSpan now) =>
        Farewell(members)
        ?? Renewal(members)
        ?? Registration(members, now)
        ?? Status(members)
        ?? DrainPoll(members, renewAt, now)
        ?? (RegistrationAction)new RegistrationAction.Wait(NextTime(members, renewAt, now));

    private static RegistrationAction.Deregister? Farewell(List<Member> members) =>
        members.Find(static member => member.Leaving) is { } member ? new RegistrationAction.Deregister(member.Service, member.Id) : null;

    private static RegistrationAction.Renew? Renewal(List<Member> members)
    {
        LeaseKeyDocument[] due = [.. members
            .Where(static member => member is { RenewDue: true, Registered: true })
            .Take(MaxLeasesPerRenewal)
            .Select(static member => new LeaseKeyDocument(member.Service, member.Id))];
        return due.Length == 0 ? null : new RegistrationAction.Renew(due);
    }

    private static RegistrationAction.Register? Registration(List<Member> members, TimeSpan now) =>
        members.Find(member => WantsRegistration(member) && now >= member.NotBefore) is { } member
            ? new RegistrationAction.Register(member.Service, member.Id, member.Announcement.ToDocument())
            : null;

    // While draining, only an instance that callers may still know by an older answer is announced again: so that they are told to stop.
    private static bool WantsRegistration(Member member) =>
        !member.Registered && (!member.DrainWanted || (member is { Confirmed: true, DrainComplete: false }));

    private static RegistrationAction.SetStatus? Status(List<Member> members) =>
        members.Find(static member => member is { Registered: true, StatusDue: true, DrainWanted: false }) is { } member
            ? new RegistrationAction.SetStatus(member.Service, member.Id, member.Status, member.StatusReason)
            : null;

    private static RegistrationAction.Drain? DrainPoll(List<Member> members, TimeSpan renewAt, TimeSpan now)
    {
        // First all are marked, so that callers stop sending to each while one is waited for.
        var unmarked = members.FindAll(static member => member is { DrainWanted: true, DrainMarked: false, DrainComplete: false }
            && (member.Registered || !member.Confirmed));
        if (unmarked.Count > 1)
            return new RegistrationAction.Drain(unmarked[0].Service, unmarked[0].Id, TimeSpan.Zero);
        var next = unmarked.Count == 1 ? unmarked[0] : members.Find(member => member.DrainMarked && !member.DrainSettled(now));
        return next is null ? null : new RegistrationAction.Drain(next.Service, next.Id, DrainSlice(next, renewAt, now));
    }

    // A slice at a time, so that renewals are not held up by a caller that will not let go.
    private static TimeSpan DrainSlice(Member member, TimeSpan renewAt, TimeSpan now)
    {
        var left = member.DrainUntil - now;
        if (left <= TimeSpan.Zero)
            return TimeSpan.Zero;
        var slice = Earlier(Earlier(left, LongestDrainPoll), renewAt - now);
        return slice > ShortestDrainPoll ? slice : ShortestDrainPoll;
    }

    private static TimeSpan NextTime(List<Member> members, TimeSpan renewAt, TimeSpan now)
    {
        var next = renewAt;
        foreach (var member in members)
        {
            if (WantsRegistration(member))
                next = Earlier(next, member.NotBefore);
            if (!member.DrainSettled(now))
                next = Earlier(next, member.DrainUntil);
        }

        return next;
    }

    private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
