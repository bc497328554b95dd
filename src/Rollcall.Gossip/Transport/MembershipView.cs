using Rollcall.Gossip.Protocol;

namespace Rollcall.Gossip.Transport;

/// <summary>The members as an application sees them, from what the protocol says has happened. For the loop alone.</summary>
internal sealed class MembershipView(MembershipHub hub, TimeProvider time)
{
    private readonly SortedDictionary<string, Member> _members = new(StringComparer.Ordinal);
    private readonly List<(GossipEventKind Kind, Member Member)> _changes = [];
    private long _version;

    public void Take(in ProtocolEvent change)
    {
        if (change.Record is not { } record || KindOf(change.Kind) is not { } kind)
            return;
        var state = kind switch
        {
            GossipEventKind.Suspected => MemberState.Suspect,
            GossipEventKind.Failed => MemberState.Dead,
            GossipEventKind.Left => MemberState.Left,
            GossipEventKind.Forgotten => _members.TryGetValue(record.Name, out var last) ? last.State : MemberState.Dead,
            _ => MemberState.Alive,
        };
        var member = new Member(record.Name, record.Address.ToEndPoint(), record.Meta.ToArray(), state, change.Incarnation, time.GetUtcNow());
        if (kind == GossipEventKind.Forgotten)
            _members.Remove(record.Name);
        else
            _members[record.Name] = member;
        _changes.Add((kind, member));
    }

    /// <summary>Somebody says of a member that failed that it had left.</summary>
    public void Left(string name)
    {
        if (!_members.TryGetValue(name, out var member) || member.State != MemberState.Dead)
            return;
        member = member with { State = MemberState.Left, Since = time.GetUtcNow() };
        _members[name] = member;
        _changes.Add((GossipEventKind.Left, member));
    }

    public void Settle()
    {
        if (_changes.Count == 0)
            return;
        _version += _changes.Count;
        hub.Publish(new(_version, [.. _members.Values]), _changes);
        _changes.Clear();
    }

    private static GossipEventKind? KindOf(EventKind kind) => kind switch
    {
        EventKind.Joined => GossipEventKind.Joined,
        EventKind.Updated => GossipEventKind.Updated,
        EventKind.Suspected => GossipEventKind.Suspected,
        EventKind.Cleared => GossipEventKind.Cleared,
        EventKind.Failed => GossipEventKind.Failed,
        EventKind.Left => GossipEventKind.Left,
        EventKind.Forgotten => GossipEventKind.Forgotten,
        _ => null,
    };
}
