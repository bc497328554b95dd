using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Protocol;

/// <summary>What this node says of itself, and how it answers what others say of it; and how it lets others answer what is said of them.</summary>
internal sealed class Refutation(SwimContext context, Inquiry inquiry)
{
    /// <summary>Direct questions in a gossip interval: enough for the halves of a cluster to find together, too few to be a flood.</summary>
    public const int QuestionsPerInterval = 16;

    /// <summary>
    /// How far this node counts at anybody's word, as one that has begun anew must. Whoever says more may be lying, and the number would then be one that others do not believe on its word either: they would all have
    /// to ask. So it is looked into whether anybody believes it at all.
    /// </summary>
    public const uint MaxStep = 1 << 16;

    private long _nextRepetition = long.MinValue;
    private long _questionsSince;
    private int _questions;

    /// <summary>This node says something new of itself, in its next incarnation.</summary>
    public void Announce(NodeAddress address, ReadOnlySpan<byte> meta)
    {
        context.Members.SetRecord(context.Self, context.Records.Change(context.SelfRecord, address, meta, context.Settings.Versions));
        context.Members[context.Self].Incarnation++;
        context.QueueAlive(context.Self);
    }

    /// <summary>Somebody says that this node is alive: an echo, or another node of its name, or what it was before it began anew.</summary>
    public void OwnAlive(in Alive message, NodeAddress address, in Origin origin)
    {
        if (context.IsLeaving)
            return;
        var record = context.SelfRecord;
        if (address != record.Address)
        {
            var claimed = context.Records.Change(record, address, message.Meta, message.Versions ?? record.Versions);
            // Who has the name hears of the claim from who claims it; who claims it in vain hears from others, or from the owner itself, whose it is.
            var isLost = origin.Kind == OriginKind.Answer || (origin.Kind == OriginKind.Itself && origin.From == address);
            context.Effects.Add(new ProtocolEvent(isLost ? EventKind.NameLost : EventKind.Conflict, context.Now) { Record = record, Other = claimed, From = origin.From, Incarnation = message.Incarnation });
            return;
        }

        var own = context.Members[context.Self].Incarnation;
        if (message.Incarnation < own || (message.Incarnation == own && message.Versions is { } versions && record.Says(address, message.Meta, versions)))
            return;
        if (MayCountPast(message.Incarnation, own, origin))
            Refute(message.Incarnation);
    }

    /// <summary>Somebody says that this node is suspect or dead. Who says so of an incarnation that is over has missed the answer, or did not believe it, and is given it again.</summary>
    public void Accused(uint incarnation, in Origin origin)
    {
        var own = context.Members[context.Self].Incarnation;
        if (context.IsLeaving)
            return;
        if (incarnation < own)
            Repeat();
        else if (MayCountPast(incarnation, own, origin))
            Refute(incarnation);
    }

    // The echoes of an accusation that was answered a moment ago are many: while the answer is still being gossiped, and for a while after one that was repeated, they are let pass.
    private void Repeat()
    {
        if (!context.Settings.Guards || context.Now < _nextRepetition || context.Queue.Has(context.Self))
            return;
        _nextRepetition = context.Now + context.Settings.ProbeInterval.Ticks;
        context.QueueAlive(context.Self);
    }

    private bool MayCountPast(uint incarnation, uint own, in Origin origin)
    {
        if (incarnation == own || !context.Settings.Guards)
            return incarnation != uint.MaxValue;
        // What a member believes that was asked is believed, whoever made it up: it must be objected to. It leaves numbers to object to what follows.
        if (incarnation - own <= MaxStep ? incarnation <= Membership.LastRumour : origin.Kind == OriginKind.Answer && incarnation <= uint.MaxValue - MaxStep)
            return true;
        context.Refuse("What is said of this node runs far ahead of its incarnation.", origin.From, context.SelfRecord);
        inquiry.AskWhoSaysSo(origin.From);
        return false;
    }

    // This node is not what it is said to be in this incarnation: it has a later one. Being accused is a sign of being slow.
    private void Refute(uint accused)
    {
        ref var self = ref context.Members[context.Self];
        self.Incarnation = Math.Max(self.Incarnation + 1, accused + 1);
        context.Awareness.Apply(1);
        context.QueueAlive(context.Self);
        context.Effects.Add(new ProtocolEvent(EventKind.Refuted, context.Now) { Record = self.Record, Incarnation = self.Incarnation });
    }

    /// <summary>
    /// Tells a member to its face what is believed of it. One that has begun anew at incarnation 1 learns so at once how far it must count; memberlist leaves it to the next exchange of states.
    /// </summary>
    public void Ask(ReadOnlySpan<byte> name, NodeAddress address, uint incarnation, MemberState state)
    {
        if (!MayAsk())
            return;
        var dead = new Dead(incarnation, name, state == MemberState.Left ? name : context.SelfRecord.NameBytes);
        context.Effects.BeginPacket(address, crc: false);
        context.Effects.Commit(MessageCodec.Write(context.Effects.BeginMessage(MessageCodec.MaxSize(dead)), dead));
        context.Effects.EndPacket();
    }

    /// <summary>Passes an accusation that is not believed here to the accused alone, so that it can object.</summary>
    public void TellAccused(int row, uint incarnation, ReadOnlySpan<byte> accuser)
    {
        if (!MayAsk())
            return;
        var accused = context.Members.RecordOf(row);
        var suspect = new Suspect(incarnation, accused.NameBytes, accuser);
        context.Effects.BeginPacket(accused.Address, crc: false);
        context.Effects.Commit(MessageCodec.Write(context.Effects.BeginMessage(MessageCodec.MaxSize(suspect)), suspect));
        context.Effects.EndPacket();
    }

    private bool MayAsk()
    {
        if (_questions == 0 || context.Now - _questionsSince >= context.Settings.GossipInterval.Ticks)
        {
            _questionsSince = context.Now;
            _questions = 0;
        }

        return ++_questions <= QuestionsPerInterval;
    }
}
