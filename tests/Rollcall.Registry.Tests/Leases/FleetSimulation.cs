using Rollcall.Registry.Leases;

namespace Rollcall.Registry.Tests.Leases;

/// <summary>A fleet of instances that renew with jitter, die, are cut off and come back, on virtual time; and the registry's lease expiry beside them.</summary>
internal sealed class FleetSimulation
{
    private readonly Random _random;
    private readonly HashSet<Lease> _leases = [];
    private readonly LeaseExpiry _expiry;
    private long _forgotten;

    public FleetSimulation(Random random, LeaseOptions options)
    {
        _random = random;
        _expiry = new LeaseExpiry(options, _leases, Now, () => _forgotten);
    }

    public long Now { get; private set; } = TimeSpan.FromHours(1).Ticks;

    public List<Member> Members { get; } = [];

    public bool GuardActive => _expiry.Guard.Active;

    /// <summary>Times the guard began.</summary>
    public int Alarms { get; private set; }

    /// <summary>Leases that expired so far.</summary>
    public int Expirations { get; private set; }

    /// <summary>The most members that were expired at once.</summary>
    public int MostExpired { get; private set; }

    /// <summary>The longest any expiry came after its deadline.</summary>
    public TimeSpan WorstLateness { get; private set; }

    /// <summary>Adds a member that renews every <paramref name="cadence"/> of its ttl, give or take a tenth.</summary>
    public void Join(TimeSpan ttl, double cadence)
    {
        var member = new Member(ttl, cadence, Now);
        Members.Add(member);
        Register(member, Now);
        member.NextRenewal = Now + NextGap(member);
    }

    public void Deregister(Member member)
    {
        Members.Remove(member);
        member.Lease!.Forget();
        _forgotten++;
        _leases.Remove(member.Lease);
    }

    /// <summary>Lets it be reached again: it renews within its usual interval.</summary>
    public void Heal(Member member)
    {
        member.CutOff = false;
        member.NextRenewal = Now + (long)(_random.NextDouble() * NextGap(member));
    }

    public void Run(TimeSpan time)
    {
        for (var end = Now + time.Ticks; Now < end;)
        {
            // The loop's tick, and how late it may be woken.
            Now += LeaseExpiry.Tick.Ticks + _random.NextInt64(TimeSpan.FromMilliseconds(40).Ticks);
            foreach (var member in Members)
                Renew(member);
            Step();
        }
    }

    private void Renew(Member member)
    {
        while (member.NextRenewal <= Now)
        {
            var at = member.NextRenewal;
            member.NextRenewal += NextGap(member);
            if (!member.Alive || member.CutOff)
                continue;
            if (member.Lease!.Renew(at) == LeaseRenewal.Forgotten)
                Register(member, at);
        }
    }

    private void Step()
    {
        if (_expiry.Advance(Now) == GuardTransition.Began)
            Alarms++;

        foreach (var (lease, word) in _expiry.ToExpire)
        {
            var lateness = TimeSpan.FromTicks(Now - Lease.DeadlineOf(word));
            WorstLateness = lateness > WorstLateness ? lateness : WorstLateness;
            lease.TryExpire(word);
            Expirations++;
        }

        foreach (var (lease, _) in _expiry.ToRemove)
        {
            lease.Forget();
            _forgotten++;
            _leases.Remove(lease);
        }

        MostExpired = Math.Max(MostExpired, Members.Count(static member => member.Expired));
    }

    private void Register(Member member, long at)
    {
        member.Lease = new Lease(new InstanceKey("fleet", "member"), member.Ttl, at + member.Ttl.Ticks, expired: false);
        _leases.Add(member.Lease);
        _expiry.Admit(member.Lease, Now);
    }

    private long NextGap(Member member) => (long)(member.Ttl.Ticks * member.Cadence * (0.9 + (_random.NextDouble() / 5)));

    internal sealed class Member(TimeSpan ttl, double cadence, long joined)
    {
        public TimeSpan Ttl => ttl;

        public double Cadence => cadence;

        public long NextRenewal { get; set; } = joined;

        public bool Alive { get; set; } = true;

        public bool CutOff { get; set; }

        public Lease? Lease { get; set; }

        /// <summary>On record as expired, or removed.</summary>
        public bool Expired => Lease!.Word is var word && (Registry.Leases.Lease.IsExpired(word) || Registry.Leases.Lease.IsForgotten(word));
    }
}
