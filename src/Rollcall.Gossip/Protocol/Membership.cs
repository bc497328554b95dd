using System.Runtime.InteropServices;
using Rollcall.Gossip.Messages;

namespace Rollcall.Gossip.Protocol;

internal enum OriginKind : byte
{
    /// <summary>A rumour: it came with a datagram.</summary>
    Gossip,

    /// <summary>Somebody else's belief, from an exchange of states that they began.</summary>
    Exchange,

    /// <summary>What a member believes that this node has asked, in an exchange that this node began.</summary>
    Answer,

    /// <summary>The member itself, in an exchange with it.</summary>
    Itself,

    /// <summary>This node found it out.</summary>
    Own,
}

/// <summary>How something was learnt, and from where.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Origin(OriginKind Kind, NodeAddress From);

/// <summary>
/// What is believed of members: the rules for alive, suspect and dead of the SWIM paper, with memberlist's additions. The larger incarnation wins; at the same one, suspect beats alive and dead beats both;
/// only the member itself makes a larger one.
/// </summary>
internal sealed class Membership(SwimContext context, Suspicions suspicions, Refutation refutation, Inquiry inquiry)
{
    /// <summary>
    /// How far an incarnation may run ahead of the one that is known and still be believed as a rumour. Incarnations grow by one; who runs further is asked itself, so that nobody can say of a member what it
    /// could not object to. Well above <see cref="Refutation.MaxStep"/>, as several of those may be missed.
    /// </summary>
    public const uint MaxJump = 1 << 20;

    /// <summary>Past this nothing new is believed as a rumour: a member always has numbers left to object with.</summary>
    public const uint LastRumour = uint.MaxValue - MaxJump;

    private readonly NameClaims _claims = new(context);

    /// <summary>Members whose names somebody else wants.</summary>
    public int ClaimCount => _claims.Count;

    public Tombstones Tombstones { get; } = new(context.Settings.TombstoneTime.Ticks);

    public void Alive(in Alive message, in Origin origin)
    {
        var row = context.Members.Find(message.Node);
        var address = message.Address.Port == 0 ? message.Address.WithPort(context.SelfRecord.Address.Port) : message.Address;
        if (row == context.Self)
        {
            refutation.OwnAlive(message, address, origin);
            return;
        }

        // Nothing new, as almost all of an exchange is.
        if (row != MemberTable.None && message.Incarnation <= context.Members[row].Incarnation && context.Members[row].IsLive && context.Members.RecordOf(row).Address == address)
            return;
        if (Refusal(message, row) is { } reason)
        {
            context.Refuse(reason, origin.From, row == MemberTable.None ? null : context.Members.RecordOf(row));
            return;
        }

        if (row != MemberTable.None)
            AliveKnown(row, message, address, origin);
        else if (MayAppear(message, address, origin))
            Accept(context.Members.Add(context.Records.Make(message.Node, address, message.Meta, message.Versions.GetValueOrDefault()), context.Now, context.Random), message, address, isNew: true);
    }

    public void Suspect(uint incarnation, ReadOnlySpan<byte> node, ReadOnlySpan<byte> from, in Origin origin)
    {
        if (!TryFindAccused(incarnation, node, origin, out var row))
            return;
        if (suspicions.TryConfirm(row, incarnation, from))
            return;
        if (context.Members[row].State != MemberState.Alive)
            return;

        var accuser = context.Members.Find(from);
        if (origin.Kind == OriginKind.Gossip && !suspicions.MayOpen(row, accuser))
        {
            // Not gossiped, so the accused would not hear of it, and the accuser never that it is wrong.
            refutation.TellAccused(row, incarnation, from);
            return;
        }

        context.Members[row].Incarnation = incarnation;
        context.QueueSuspect(row, incarnation, from);
        suspicions.Open(row, from, accuser, isCharged: origin.Kind == OriginKind.Gossip);
    }

    public void Dead(uint incarnation, ReadOnlySpan<byte> node, ReadOnlySpan<byte> from, in Origin origin)
    {
        if (!TryFindAccused(incarnation, node, origin, out var row) || !context.Members[row].IsLive)
            return;

        var isLeave = from.SequenceEqual(node);
        var accuser = isLeave ? row : context.Members.Find(from);
        if (!isLeave && origin.Kind != OriginKind.Own && !suspicions.MayEnd(row, accuser))
        {
            if (context.Members[row].State != MemberState.Alive)
                return;
            // It may be right: the suspicion finds out, and lets the member object first.
            refutation.TellAccused(row, incarnation, from);
            context.Members[row].Incarnation = incarnation;
            context.QueueSuspect(row, incarnation, from);
            suspicions.Open(row, from, accuser, isCharged: false);
            return;
        }

        suspicions.Confirmed(row, accuser);
        suspicions.Close(row);
        ref var member = ref context.Members[row];
        member.Incarnation = incarnation;
        context.Members.SetState(row, isLeave ? MemberState.Left : MemberState.Dead, context.Now);
        context.QueueDead(row, from);
        if (!isLeave)
            _claims.Died(row);
        Tell(isLeave ? EventKind.Left : EventKind.Failed, row, accuser == row || accuser == MemberTable.None ? null : context.Members.RecordOf(accuser));
    }

    /// <summary>What one side of an exchange believes of a member. A death is not believed without hearing the member; who never was a member here does not become a dead one.</summary>
    public void Merge(MemberState state, in Alive member, in Origin origin)
    {
        switch (state)
        {
            case MemberState.Alive:
                Alive(member, origin);
                break;
            case MemberState.Left:
                Dead(member.Incarnation, member.Node, member.Node, origin);
                break;
            case MemberState.Suspect or MemberState.Dead:
                Suspect(member.Incarnation, member.Node, context.SelfRecord.NameBytes, origin);
                break;
        }
    }

    /// <summary>The name of a member that died may be free now: who claimed it meanwhile has it.</summary>
    public void GiveName(int row)
    {
        if (context.Members[row].State != MemberState.Dead || !MayMove(context.Members[row]) || !_claims.TryTake(row, out var claimed, out var incarnation))
            return;
        Accept(row, new(incarnation, claimed.NameBytes, claimed.Address, claimed.Meta, claimed.Versions), claimed.Address, isNew: false);
    }

    /// <summary>Forgets who has been dead or gone for long enough; called between two passes of probing, when nothing refers to a row.</summary>
    public void Forget()
    {
        var keep = context.Settings.GossipToTheDeadTime.Ticks;
        List<int>? gone = null;
        foreach (var row in context.Members.Order)
        {
            ref var member = ref context.Members[row];
            if (!member.IsLive && row != context.Self && context.Now - member.Since > keep)
                (gone ??= []).Add(row);
        }

        Tombstones.Sweep(context.Now);
        if (gone is null)
            return;
        context.Doubtful = MemberTable.None;
        foreach (var row in gone)
        {
            Tombstones.Add(context.Members.View(row), context.Now);
            context.Queue.Displace(row);
            suspicions.Forget(row);
            _claims.Forget(row);
            Tell(EventKind.Forgotten, row);
        }

        context.Members.Remove(CollectionsMarshal.AsSpan(gone));
    }

    private string? Refusal(in Alive message, int row)
    {
        if (message.Node.IsEmpty)
            return "A member has no name.";
        if (message.Address.IsNone)
            return "A member has no address.";
        if (message.Incarnation == 0)
            return "A member that is alive has no incarnation.";
        if (VersionRules.Refusal(context.Settings.Versions, message.Versions) is { } refusal)
            return refusal;
        return context.Members.GoTogether(message.Versions.GetValueOrDefault(), row) ? null : "A member's versions do not go together with those of others.";
    }

    private bool MayAppear(in Alive message, NodeAddress address, in Origin origin)
    {
        if (context.Members.Count >= context.Settings.MaxMembers)
        {
            context.Refuse("There are too many members.", origin.From);
            return false;
        }

        if (IsFarAhead(0, message.Incarnation, LastRumour) && !IsFirstHand(origin))
        {
            context.Refuse("An incarnation is near the end of the numbers.", origin.From);
            inquiry.AskMember(context.Records.Make(message.Node, address, message.Meta, message.Versions.GetValueOrDefault()));
            return false;
        }

        if (!Tombstones.TryFind(message.Node, out var stone))
            return true;
        if (message.Incarnation <= stone.Incarnation && origin.Kind != OriginKind.Itself)
        {
            // Either an old rumour, or a member that has begun anew and does not know how far it had counted. It is asked: if it lives, it objects.
            refutation.Ask(message.Node, address, stone.Incarnation, stone.State);
            return false;
        }

        Tombstones.Remove(message.Node);
        return true;
    }

    private void AliveKnown(int row, in Alive message, NodeAddress address, in Origin origin)
    {
        ref var member = ref context.Members[row];
        var record = context.Members.RecordOf(row);
        var moves = record.Address != address;
        if (moves && !MayMove(member))
        {
            var claimed = context.Records.Change(record, address, message.Meta, message.Versions.GetValueOrDefault());
            context.Effects.Add(new ProtocolEvent(EventKind.Conflict, context.Now) { Record = record, Other = claimed, From = origin.From, Incarnation = message.Incarnation });
            if (member.State == MemberState.Alive && message.Incarnation > member.Incarnation)
                context.Doubtful = row;
            _claims.Note(row, claimed, message.Incarnation);
            return;
        }

        if (!moves && message.Incarnation <= member.Incarnation)
        {
            refutation.Ask(message.Node, address, member.Incarnation, member.State);
            return;
        }

        if (IsFarAhead(member.Incarnation, message.Incarnation, MaxJump) && !IsFirstHand(origin))
        {
            context.Refuse("An incarnation runs far ahead of what is known.", origin.From, record);
            inquiry.AskMember(moves ? context.Records.Change(record, address, message.Meta, message.Versions.GetValueOrDefault()) : record);
            return;
        }

        Accept(row, message, address, isNew: false);
    }

    private static bool IsFarAhead(uint known, uint incarnation, uint jump) => incarnation > known && (incarnation > LastRumour || incarnation - known > jump);

    // memberlist believes any number from anybody.
    private bool IsFirstHand(in Origin origin) => origin.Kind == OriginKind.Itself || !context.Settings.Guards;

    // A name that left is free; one that died is, after a while, where that is wanted.
    private bool MayMove(in MemberEntry member)
    {
        var reclaim = context.Settings.DeadNodeReclaimTime.Ticks;
        return member.State == MemberState.Left || (member.State == MemberState.Dead && reclaim > 0 && context.Now - member.Since > reclaim);
    }

    private void Accept(int row, in Alive message, NodeAddress address, bool isNew)
    {
        _claims.Forget(row);
        var wasSuspect = suspicions.Close(row);
        if (wasSuspect)
            suspicions.NoteFlap(row);
        ref var member = ref context.Members[row];
        var before = member.State;
        var record = context.Members.RecordOf(row);
        context.Members.SetRecord(row, context.Records.Change(record, address, message.Meta, message.Versions.GetValueOrDefault()));
        member.Incarnation = message.Incarnation;
        if (before != MemberState.Alive)
            context.Members.SetState(row, MemberState.Alive, context.Now);
        context.QueueAlive(row);

        if (record.Address != address || before is MemberState.Dead or MemberState.Left)
            member.AnswersFromItsAddress = false;
        if (before is MemberState.Dead or MemberState.Left)
        {
            Tell(EventKind.Joined, row);
            if (!isNew)
                suspicions.NoteFlap(row);
            return;
        }

        if (wasSuspect)
            Tell(EventKind.Cleared, row);
        if (!ReferenceEquals(record, member.Record))
            Tell(EventKind.Updated, row);
    }

    // What is said of this node it answers itself.
    private bool TryFindAccused(uint incarnation, ReadOnlySpan<byte> node, in Origin origin, out int row)
    {
        row = context.Members.Find(node);
        if (row == MemberTable.None)
            return false;
        if (row == context.Self)
        {
            refutation.Accused(incarnation, origin);
            return false;
        }

        var known = context.Members[row].Incarnation;
        if (!IsFarAhead(known, incarnation, MaxJump) || IsFirstHand(origin))
            return incarnation >= known;
        context.Refuse("An accusation's incarnation runs far ahead of what is known.", origin.From, context.Members.RecordOf(row));
        inquiry.AskMember(context.Members.RecordOf(row));
        return false;
    }

    public void Tell(EventKind kind, int row, NodeRecord? other = null)
    {
        var happened = new ProtocolEvent(kind, context.Now) { Record = context.Members.RecordOf(row), Incarnation = context.Members[row].Incarnation, Other = other };
        context.Effects.Add(happened);
        context.Application?.MemberChanged(happened);
    }
}
