using System.Buffers;
using System.Runtime.InteropServices;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Protocol;

/// <summary>Push/pull: both sides send each other all they believe. What gossip has missed is mended by it, and a newcomer learns the cluster.</summary>
internal sealed class Exchanges(SwimContext context, Membership membership)
{
    private readonly ArrayBufferWriter<byte> _userState = new();

    public void Start()
    {
        if (context.Settings.PushPullInterval > TimeSpan.Zero)
            context.Timers.Set(TimerKind.PushPull, context.Now + context.Random.NextInt64(context.Settings.PushPullInterval.Ticks) + Interval);
        if (context.Settings.ReconnectInterval > TimeSpan.Zero)
            context.Timers.Set(TimerKind.Reconnect, context.Now + context.Random.NextInt64(context.Settings.ReconnectInterval.Ticks) + context.Settings.ReconnectInterval.Ticks);
    }

    private long Interval => Scaling.PushPullInterval(context.Settings.PushPullInterval.Ticks, context.Members.Count);

    public void Tick()
    {
        context.Timers.Set(TimerKind.PushPull, context.Now + Interval);
        Span<int> partner = stackalloc int[1];
        if (MemberPicker.Pick(context, partner, PickKind.Alive) == 1)
            context.Effects.Add(new StateExchange(context.Members.RecordOf(partner[0]), Join: false));
    }

    /// <summary>
    /// Tries one of the failed members again, with the chance of failed by live ones, so that a member that failed is tried by one node or so in each interval. Without this two halves of a cluster that gave each
    /// other up would never meet again.
    /// </summary>
    public void TickReconnect()
    {
        context.Timers.Set(TimerKind.Reconnect, context.Now + context.Settings.ReconnectInterval.Ticks);
        var stones = membership.Tombstones.Failed;
        var failed = context.Members.FailedCount + stones.Count;
        if (context.IsLeaving || failed == 0 || context.Random.Next(Math.Max(1, context.Members.LiveCount)) >= failed)
            return;
        var choice = context.Random.Next(failed);
        if (choice < stones.Count)
        {
            context.Effects.Add(new StateExchange(stones[choice].Record, Join: true));
            return;
        }

        choice -= stones.Count;
        foreach (var row in context.Members.Order)
        {
            if (context.Members[row].State == MemberState.Dead && choice-- == 0)
            {
                context.Effects.Add(new StateExchange(context.Members.RecordOf(row), Join: true));
                return;
            }
        }
    }

    /// <summary>Writes all that is believed, as a whole message.</summary>
    public void Write(IBufferWriter<byte> message, bool join)
    {
        _userState.ResetWrittenCount();
        context.Application?.WriteState(join, _userState);
        var header = new PushPullHeader(context.Members.Count, _userState.WrittenCount, join);
        message.Advance(MessageCodec.Write(message.GetSpan(MessageCodec.MaxSize(header)), header));
        foreach (ref readonly var member in context.Members.Rows)
        {
            if (member.Record is { } record)
                message.Advance(record.WriteEntry(message.GetSpan(record.MaxEntryLength), member.Incarnation, member.State));
        }

        message.Write(_userState.WrittenSpan);
    }

    /// <summary>
    /// Takes what the other side believes; <paramref name="body"/> is the message without its type byte. All of it is read before any is believed. Returns why it is refused, or null.
    /// A member that is malformed is passed over, and so many of them are told of once: where one bad entry refused the whole, it would keep its cluster from ever exchanging states.
    /// With <paramref name="isMember"/> the peer's address is that of a member, not only of its host.
    /// </summary>
    public string? Merge(ReadOnlySpan<byte> body, NodeAddress peer, bool isMember)
    {
        if (!MessageCodec.TryRead(body, out PushPullHeader header, out var at, out var refusal))
            return refusal;
        if (header.Nodes > context.Settings.MaxMembers)
            return "An exchange has too many members.";
        // Rented: it is as large as the cluster, and needed for a moment.
        var received = ArrayPool<Received>.Shared.Rent(Math.Min(header.Nodes, body.Length));
        try
        {
            return Merge(body, at, header, received, peer, isMember);
        }
        finally
        {
            ArrayPool<Received>.Shared.Return(received);
        }
    }

    private string? Merge(ReadOnlySpan<byte> body, int at, PushPullHeader header, Received[] buffer, NodeAddress peer, bool isMember)
    {
        var common = CommonVersions.All;
        var count = 0;
        var malformed = 0;
        string? firstRefusal = null;
        for (var read = 0; read < header.Nodes; read++)
        {
            var isRead = MessageCodec.TryRead(body[at..], out PushPullNode node, out var consumed, out var refusal);
            if (consumed == 0)
                return "An exchange is cut short.";
            if (isRead)
            {
                buffer[count] = Received.Of(body, at, node);
                if (buffer[count].CountsFor(context.Settings.Versions))
                    common.Add(buffer[count].Versions.GetValueOrDefault());
                else if (buffer[count].IsLive && (isMember ? node.Address == peer : header.Nodes == 1))
                    return VersionRules.Refusal(context.Settings.Versions, node.Versions);
                count++;
            }
            else
            {
                malformed++;
                firstRefusal ??= refusal;
            }

            at += consumed;
        }

        if (body.Length - at < header.UserStateLength)
            return "The application's state is cut short.";
        var received = buffer.AsSpan(0, count);
        if (!AreCompatible(common, received))
            return "Members speak versions that do not go together.";
        foreach (ref readonly var node in received)
        {
            var alive = node.AsAlive(body);
            var isItself = isMember ? node.Address == peer : header.Join && node.Address.WithPort(peer.Port) == peer;
            membership.Merge(node.State, alive, new(isItself ? OriginKind.Itself : isMember ? OriginKind.Answer : OriginKind.Exchange, peer));
        }

        if (header.UserStateLength > 0)
            context.Application?.MergeState(body.Slice(at, header.UserStateLength), header.Join, peer, context.Now);
        if (firstRefusal is not null)
            context.Effects.Add(new ProtocolEvent(EventKind.Refused, context.Now) { Reason = firstRefusal, From = peer, Length = malformed });
        context.Effects.Add(new ProtocolEvent(EventKind.Merged, context.Now) { From = peer, Length = count });
        return null;
    }

    // A member that does not fit this node, or not those it knows, is passed over when it is merged, unless it is the peer; what is checked here is that what came fits together. Members that are known here are no
    // reason to refuse others: two that nobody else would have let in must not end every exchange.
    private bool AreCompatible(CommonVersions common, ReadOnlySpan<Received> received)
    {
        foreach (ref readonly var node in received)
        {
            if (node.CountsFor(context.Settings.Versions) && !common.Allows(node.Versions.GetValueOrDefault()))
                return false;
        }

        return true;
    }

    /// <summary>A member of a message that has been read, by where its bytes are: they are read once.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Received(int Name, int NameLength, int Meta, int MetaLength, NodeAddress Address, ProtocolVersions? Versions, uint Incarnation, MemberState State)
    {
        // Metadata that came as an array of numbers is nowhere in the message as bytes: the member is read again where it is wanted. Meta is then where the member begins.
        private const int IsArray = -1;

        public static Received Of(ReadOnlySpan<byte> body, int at, in PushPullNode node)
        {
            var isThere = body.Overlaps(node.Meta, out var meta) || node.Meta.IsEmpty;
            return new(
                Offset(body, node.Name), node.Name.Length, isThere ? meta : at, isThere ? node.Meta.Length : IsArray, node.Address, node.Versions, node.Incarnation, node.State);
        }

        public Alive AsAlive(ReadOnlySpan<byte> body) => new(Incarnation, body.Slice(Name, NameLength), Address, MetaOf(body), Versions);

        private ReadOnlySpan<byte> MetaOf(ReadOnlySpan<byte> body)
        {
            if (MetaLength != IsArray)
                return body.Slice(Meta, MetaLength);
            return MessageCodec.TryRead(body[Meta..], out PushPullNode node, out _, out _) ? node.Meta : default;
        }

        public bool IsLive => State is MemberState.Alive or MemberState.Suspect;

        public bool CountsFor(in ProtocolVersions own) => IsLive && VersionRules.Refusal(own, Versions) is null;

        private static int Offset(ReadOnlySpan<byte> body, ReadOnlySpan<byte> part) => body.Overlaps(part, out var offset) ? offset : 0;
    }
}
