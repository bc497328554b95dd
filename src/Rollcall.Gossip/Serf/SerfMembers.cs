using System.Runtime.InteropServices;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Serf;

/// <summary>What an intent did.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct IntentOutcome(bool IsNew, SerfStatus Changed = SerfStatus.None);

/// <summary>
/// What Serf knows of members beyond membership: who said that it goes, in the order of Lamport times. A member that goes without having said so has failed. Members that are gone are
/// kept for a day, and intents of members not yet known for five minutes.
/// </summary>
internal sealed class SerfMembers
{
    public const int MaxGone = 4096;
    public const int MaxEarly = 1024;

    private static readonly long KeepGone = TimeSpan.FromHours(24).Ticks;
    private static readonly long KeepEarly = TimeSpan.FromMinutes(5).Ticks;

    private readonly Dictionary<string, Entry> _members = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _gone = new(); // the first to go first
    private readonly Dictionary<string, Early> _early = new(StringComparer.Ordinal);
    private readonly List<string> _forgotten = [];
    private long _sweepFrom;

    /// <summary>How many entries have been looked at so far to find who is to be forgotten.</summary>
    public long Looks { get; private set; }

    public int Count => _members.Count;

    /// <summary>Who is no longer remembered since this was last cleared.</summary>
    public IReadOnlyList<string> Forgotten => _forgotten;

    /// <summary>All, with the Lamport time of what is known of them.</summary>
    public IEnumerable<(string Name, SerfStatus Status, ulong Time)> All => _members.Values.Select(static member => (member.Name, member.Status, member.Time));

    public SerfStatus StatusOf(string name) => Find(name)?.Status ?? SerfStatus.None;

    /// <summary>A member is there; an intent that came before it counts. Returns its status.</summary>
    public SerfStatus Joined(string name, long now)
    {
        var member = Find(name) ?? (_members[name] = new(name));
        member.Status = SerfStatus.Alive;
        if (member.Place.List is not null)
            _gone.Remove(member.Place);
        if (_early.Remove(name, out var early) && now - early.Since <= KeepEarly && early.Time > member.Time)
        {
            member.Time = early.Time;
            if (early.IsLeave)
                member.Status = SerfStatus.Leaving;
        }

        return member.Status;
    }

    /// <summary>A member is gone: it left where it or anybody said so before.</summary>
    public SerfStatus Gone(string name, bool hasLeft, long now)
    {
        if (Find(name) is not { } member)
            return SerfStatus.None;
        member.Status = hasLeft || member.Status is SerfStatus.Leaving or SerfStatus.Left ? SerfStatus.Left : SerfStatus.Failed;
        member.GoneSince = now;
        if (member.Place.List is not null)
            _gone.Remove(member.Place);
        _gone.AddLast(member.Place);
        Reap(now);
        return member.Status;
    }

    public IntentOutcome Join(ReadOnlySpan<byte> node, ulong time, long now) => Join(MemberName.Text(node), time, now);

    public IntentOutcome Join(string name, ulong time, long now)
    {
        if (Find(name) is not { } member)
            return new(Remember(name, time, isLeave: false, now));
        if (time <= member.Time)
            return default;

        // It counts when the member is seen; until then it would be told to others as the time at which it left.
        if (member.Status is SerfStatus.Left or SerfStatus.Failed)
            return new(Remember(name, time, isLeave: false, now));
        member.Time = time;
        if (member.Status != SerfStatus.Leaving)
            return new(IsNew: true);
        member.Status = SerfStatus.Alive;
        return new(IsNew: true, SerfStatus.Alive);
    }

    public IntentOutcome Leave(ReadOnlySpan<byte> node, ulong time, bool prune, long now)
    {
        var name = MemberName.Text(node);
        if (Find(name) is not { } member)
            return new(Remember(name, time, isLeave: true, now));
        if (time <= member.Time)
            return default;
        member.Time = time;
        var changed = member.Status switch
        {
            SerfStatus.Alive => SerfStatus.Leaving,
            SerfStatus.Failed => SerfStatus.Left,
            _ => SerfStatus.None,
        };
        if (changed != SerfStatus.None)
            member.Status = changed;
        if (prune && member.Status == SerfStatus.Left)
            Forget(member);
        return new(IsNew: true, changed);
    }

    /// <summary>Whether nothing later than this time is known of the name. Of two intents of one time each holds where it came first, so that a later one is needed.</summary>
    public bool IsLatest(ReadOnlySpan<byte> node, ulong time) => Find(MemberName.Text(node)) is not { } member || time >= member.Time;

    /// <summary>Somebody else knows that a member left, at a time no earlier than what is known here.</summary>
    public SerfStatus HasLeft(string name, ulong time)
    {
        if (Find(name) is not { } member || time < member.Time || member.Status is SerfStatus.Left or SerfStatus.Leaving)
            return SerfStatus.None;
        member.Time = time;
        return member.Status = member.Status == SerfStatus.Failed ? SerfStatus.Left : SerfStatus.Leaving;
    }

    public void ClearForgotten() => _forgotten.Clear();

    /// <summary>Forgets who has been gone for long enough.</summary>
    public void Reap(long now)
    {
        while (_gone.First is { Value: var first })
        {
            Looks++;
            if (_gone.Count <= MaxGone && now - first.GoneSince <= KeepGone)
                return;
            Forget(first);
        }
    }

    private void Forget(Entry member)
    {
        _members.Remove(member.Name);
        if (member.Place.List is not null)
            _gone.Remove(member.Place);
        _forgotten.Add(member.Name);
    }

    private Entry? Find(string name) => _members.GetValueOrDefault(name);

    private bool Remember(string name, ulong time, bool isLeave, long now)
    {
        if (_early.TryGetValue(name, out var known))
        {
            if (known.Time >= time)
                return false;
        }
        else if (_early.Count >= MaxEarly && !Sweep(now))
        {
            return false;
        }

        _early[name] = new(time, isLeave, now);
        return true;
    }

    // Before the oldest of those that stayed last time is old enough there is nothing to be found, however many names come.
    private bool Sweep(long now)
    {
        if (now < _sweepFrom)
            return false;
        _sweepFrom = long.MaxValue;
        foreach (var (name, early) in _early)
        {
            Looks++;
            if (now - early.Since > KeepEarly)
                _early.Remove(name);
            else
                _sweepFrom = Math.Min(_sweepFrom, early.Since + KeepEarly + 1);
        }

        return _early.Count < MaxEarly;
    }

    private sealed class Entry
    {
        public Entry(string name)
        {
            Name = name;
            Place = new(this);
        }

        public string Name { get; }

        /// <summary>Among those that are gone, where it is.</summary>
        public LinkedListNode<Entry> Place { get; }

        public SerfStatus Status { get; set; } = SerfStatus.Alive;

        public ulong Time { get; set; }

        public long GoneSince { get; set; }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Early(ulong Time, bool IsLeave, long Since);
}
