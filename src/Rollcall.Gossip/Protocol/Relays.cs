using System.Runtime.InteropServices;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Protocol;

/// <summary>Answers pings, and pings for others: what this node does for their probe rounds.</summary>
internal sealed class Relays(SwimContext context)
{
    /// <summary>How many pings for others may be unanswered.</summary>
    public const int Max = 1024;

    private readonly Dictionary<uint, Relay> _underWay = [];
    private readonly byte[] _payload = new byte[512];

    public int Count => _underWay.Count;

    public void Answer(in Ping ping, NodeAddress from)
    {
        if (!ping.Node.IsEmpty && !ping.Node.SequenceEqual(context.SelfRecord.NameBytes))
        {
            context.Effects.Add(new ProtocolEvent(EventKind.Misdirected, context.Now) { From = from });
            return;
        }

        var length = context.Application?.WriteAckPayload(_payload) ?? 0;
        var ack = new Ack(ping.SeqNo, length == 0 ? default : _payload.AsSpan(0, length));
        Reply(ack, ReplyAddress(ping.Source, ping.SourceNode, from, out var isMember), isMember);
    }

    /// <summary>The answer to a ping on a stream, without the application's payload; empty where the ping is for another.</summary>
    public static int AnswerStream(NodeRecord self, in Ping ping, Span<byte> answer) =>
        ping.Node.IsEmpty || ping.Node.SequenceEqual(self.NameBytes) ? MessageCodec.Write(answer, new Ack(ping.SeqNo, default)) : 0;

    public void PingFor(in IndirectPing request, NodeAddress from)
    {
        // Only by members and for members, where each is known to be: otherwise anybody could have anybody pinged.
        var reply = ReplyAddress(request.Source, request.SourceNode, from, out var isMember);
        var target = request.Target.Port == 0 ? request.Target.WithPort(context.SelfRecord.Address.Port) : request.Target;
        var row = context.Members.Find(request.Node);
        var isKnown = row != MemberTable.None && context.Members.RecordOf(row).Address == target;
        if (!isMember || !isKnown || _underWay.Count >= Max)
        {
            context.Refuse("A ping is asked for by or for somebody unknown, or too many are.", from);
            // A member may know one that this node does not know yet: that it could not help says nothing about the member's own health.
            if (isMember && !isKnown && request.Nack)
                Nack(reply, request.SeqNo);
            return;
        }

        uint seqNo;
        do
            seqNo = (uint)context.Random.NextInt64(1L << 32);
        while (_underWay.ContainsKey(seqNo));
        var ends = context.Now + context.Settings.ProbeTimeout.Ticks;
        _underWay[seqNo] = new(reply, request.SeqNo, request.Nack, ends, context.AnswersOnlyFromItsAddress(row) ? target : default);
        var self = context.SelfRecord;
        var ping = new Ping(seqNo, request.Node, self.Address, self.NameBytes);
        context.Effects.BeginPacket(target, crc: false);
        context.Effects.Commit(MessageCodec.Write(context.Effects.BeginMessage(MessageCodec.MaxSize(ping)), ping));
        context.FillAndSend();
        context.Timers.Set(TimerKind.Relay, context.Now + (context.Settings.ProbeTimeout.Ticks * context.Settings.NackPercent / 100), seqNo);
    }

    public bool Has(uint seqNo) => _underWay.ContainsKey(seqNo);

    /// <summary>Tells who has asked for the ping of the ack. False where it came from elsewhere than the one that was pinged answers from.</summary>
    public bool TryPassOn(uint seqNo, NodeAddress from)
    {
        if (!_underWay.TryGetValue(seqNo, out var relay) || (!relay.From.IsNone && relay.From != from))
            return false;
        _underWay.Remove(seqNo);
        Reply(new Ack(relay.SeqNo, default), relay.To, isMember: true);
        return true;
    }

    public void TimedOut(uint seqNo)
    {
        if (!_underWay.TryGetValue(seqNo, out var relay))
            return;
        if (relay.Nack)
            Nack(relay.To, relay.SeqNo);
        if (context.Now >= relay.Ends)
        {
            _underWay.Remove(seqNo);
            return;
        }

        _underWay[seqNo] = relay with { Nack = false };
        context.Timers.Set(TimerKind.Relay, relay.Ends, seqNo);
    }

    private void Nack(NodeAddress to, uint seqNo)
    {
        var nack = new Nack(seqNo);
        context.Effects.BeginPacket(to, crc: false);
        context.Effects.Commit(MessageCodec.Write(context.Effects.BeginMessage(MessageCodec.MaxSize(nack)), nack));
        context.FillAndSend();
    }

    private void Reply(in Ack ack, NodeAddress to, bool isMember)
    {
        context.Effects.BeginPacket(to, crc: false);
        context.Effects.Commit(MessageCodec.Write(context.Effects.BeginMessage(MessageCodec.MaxSize(ack)), ack));
        if (isMember)
            context.FillAndSend();
        else
            context.Effects.EndPacket();
    }

    // The address a request names is believed where a member has it, or where the packet came from its host: nobody has others answered at a victim. Gossip goes to members alone.
    private NodeAddress ReplyAddress(NodeAddress source, ReadOnlySpan<byte> name, NodeAddress from, out bool isMember)
    {
        isMember = false;
        if (source.IsNone || source.Port == 0)
            return from;
        var row = name.IsEmpty ? MemberTable.None : context.Members.Find(name);
        isMember = row != MemberTable.None && context.Members.RecordOf(row).Address == source;
        return isMember || source == from.WithPort(source.Port) ? source : from;
    }

    /// <param name="To">Who has asked.</param>
    /// <param name="SeqNo">Under which number.</param>
    /// <param name="Nack">A nack is wanted and not sent yet.</param>
    /// <param name="Ends">When an ack is no longer passed on.</param>
    /// <param name="From">Where an ack must come from; none where it may come from anywhere.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Relay(NodeAddress To, uint SeqNo, bool Nack, long Ends, NodeAddress From);
}
