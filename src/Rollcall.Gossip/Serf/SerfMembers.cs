using System.Runtime.InteropServices;
using System.Text;

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
    private readonly Dictionary<string, Early> _early = new(StringComparer.Ordinal);
    private readonly List<string> _forgotten = [];

    public int Count => _members.Count;

    /// <summary>Who is no longer remembered since this was last cleared.</summary>
    public IReadOnlyList<string> Forgotten => _forgotten;

    /// <summary>All, with the Lamport time of what is known of them.</summary>
    public IEnumerable<(string Name, SerfStatus Status, ulong Time)> All => _members.Select(static member => (member.Key, member.Value.Status, member.Value.Time));

    public SerfStatus StatusOf(string name) => _members.TryGetValue(name, out var member) ? member.Status : SerfStatus.None;

    /// <summary>A member is there; an intent that came before it counts. Returns its status.</summary>
    public SerfStatus Joined(string name, long now)
    {
        var member = Find(name) ?? (_members[name] = new());
        member.Status = SerfStatus.Alive;
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
        Reap(now);
        return member.Status;
    }

    public IntentOutcome Join(ReadOnlySpan<byte> node, ulong time, long now)
    {
        var name = Encoding.UTF8.GetString(node);
        if (Find(name) is not { } member)
            return new(Remember(name, time, isLeave: false, now));
        if (time <= member.Time)
            return default;
        member.Time = time;
        if (member.Status != SerfStatus.Leaving)
            return new(IsNew: true);
        member.Status = SerfStatus.Alive;
        return new(IsNew: true, SerfStatus.Alive);
    }

    public IntentOutcome Leave(ReadOnlySpan<byte> node, ulong time, bool prune, long now)
    {
        var name = Encoding.UTF8.GetString(node);
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
            Forget(name);
        return new(IsNew: true, changed);
    }

    /// <summary>Whether nothing later than this time is known of the name. Of two intents of one time each holds where it came first, so that a later one is needed.</summary>
    public bool IsLatest(ReadOnlySpan<byte> node, ulong time) => Find(Encoding.UTF8.GetString(node)) is not { } member || time >= member.Time;

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
        var gone = _members.Where(static member => member.Value.Status is SerfStatus.Left or SerfStatus.Failed).OrderBy(static member => member.Value.GoneSince).ToArray();
        for (var at = 0; at < gone.Length; at++)
        {
            if (gone.Length - at > MaxGone || now - gone[at].Value.GoneSince > KeepGone)
                Forget(gone[at].Key);
        }
    }

    private void Forget(string name)
    {
        _members.Remove(name);
        _forgotten.Add(name);
    }

    private Entry? Find(string name) => _members.GetValueOrDefault(name);

    private bool Remember(string name, ulong time, bool isLeave, long now)
    {
        if (_early.TryGetValue(name, out var known) && known.Time >= time)
            return false;
        if (_early.Count >= MaxEarly && !_early.ContainsKey(name))
        {
            foreach (var old in _early.Where(early => now - early.Value.Since > KeepEarly).Select(static early => early.Key).ToArray())
                _early.Remove(old);
            if (_early.Count >= MaxEarly)
                return false;
        }

        _early[name] = new(time, isLeave, now);
        return true;
    }

    private sealed class Entry
    {
        public SerfStatus Status { get; set; } = SerfStatus.Alive;

        public ulong Time { get; set; }

        public long GoneSince { get; set; }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Early(ulong Time, bool IsLeave, long Since);
}
