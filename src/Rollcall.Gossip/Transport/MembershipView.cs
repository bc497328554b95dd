using System.Collections.Immutable;
using Rollcall.Gossip.Protocol;

namespace Rollcall.Gossip.Transport;

/// <summary>
/// The members as an application sees them, from what the protocol says has happened. With <paramref name="keepsGone"/> those that are gone are kept until <see cref="Forget"/>, past the time the
/// protocol needs them. For the loop alone.
/// </summary>
internal sealed class MembershipView(MembershipHub hub, TimeProvider time, bool keepsGone)
{
    // A snapshot of it shares all that has not changed with the one before.
    private readonly ImmutableSortedDictionary<string, Member>.Builder _members =
        ImmutableSortedDictionary.CreateBuilder<string, Member>(StringComparer.Ordinal, ReferenceEqualityComparer.Instance);

    private readonly List<(GossipEventKind Kind, Member Member)> _changes = [];
    private long _version;

    public void Take(in ProtocolEvent change)
    {
        if (change.Record is not { } record || KindOf(change.Kind) is not { } kind)
            return;
        if (kind == GossipEventKind.Forgotten)
        {
            if (!keepsGone)
                Forget(record.Name);
            return;
        }

        var state = kind switch
        {
            GossipEventKind.Suspected => MemberState.Suspect,
            GossipEventKind.Failed => MemberState.Dead,
            GossipEventKind.Left => MemberState.Left,
            _ => MemberState.Alive,
        };
        var member = new Member(record.Name, record.Address.ToEndPoint(), record.Meta.ToArray(), state, change.Incarnation, time.GetUtcNow())
        {
            IsLeaving = kind is GossipEventKind.Updated or GossipEventKind.Suspected or GossipEventKind.Cleared && _members.TryGetValue(record.Name, out var before) && before.IsLeaving,
        };
        _members[record.Name] = member;
        _changes.Add((kind, member));
    }

    /// <summary>Somebody says of a live member that it goes, or it says itself that it stays.</summary>
    public void Leaving(string name, bool isLeaving)
    {
        if (!_members.TryGetValue(name, out var member) || !member.IsLive || member.IsLeaving == isLeaving)
            return;
        member = member with { IsLeaving = isLeaving };
        _members[name] = member;
        _changes.Add((isLeaving ? GossipEventKind.Leaving : GossipEventKind.Updated, member));
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

    /// <summary>A member that is gone is no longer to be shown; one that has come back meanwhile is.</summary>
    public void Forget(string name)
    {
        if (_members.TryGetValue(name, out var member) && !member.IsLive && _members.Remove(name))
            _changes.Add((GossipEventKind.Forgotten, member with { Since = time.GetUtcNow() }));
    }

    public void Settle()
    {
        if (_changes.Count == 0)
            return;
        _version += _changes.Count;
        hub.Publish(new(_version, new MemberList(_members.ToImmutable())), _changes);
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
