using System.Buffers;
using System.Text;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Protocol;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Serf;

/// <summary>
/// What a Serf agent puts on top of membership, as far as a node needs it to be a good neighbour of agents: intents to join and to leave, events and queries passed on once, conflicts answered, its part in exchanges of
/// states. Pure like the protocol; messages that are not Serf's go to the application within.
/// </summary>
internal sealed class SerfLayer : IGossipApplication
{
    /// <summary>Serf's own limit for the name and payload of an event.</summary>
    public const int MaxEventLength = 512;

    /// <summary>Serf's limit for the name and payload of an event where an operator has raised it; no agent sends more.</summary>
    public const int MaxEventReceived = 9 * 1024;

    /// <summary>As long as a datagram: an agent allows 1,024 by default, and one that does not fit is not passed on by anybody.</summary>
    public const int MaxQueryReceived = 1400;

    /// <summary>Members that are told directly what cannot be gossiped.</summary>
    private const int MaxTold = 32;

    private readonly ReadOnlyMemory<byte> _name;
    private readonly IGossipApplication? _inner;
    private readonly SerfQueries _queries;
    private readonly LamportClock _clock = new();
    private readonly LamportClock _eventClock = new();
    private readonly SerfMembers _members = new();
    private readonly RecentEvents _recentEvents = new();
    private readonly List<SerfEvent> _events = [];
    private readonly byte[] _scratch = new byte[2048];
    private SwimCore? _core;
    private NodeAddress _from;
    private long _leaveIntent;
    private long _lastTransmitted;
    private bool _isLeaving;
    private bool _isMember;

    /// <summary>Without a store of keys the node has none. The random numbers are seeded by the caller.</summary>
    public SerfLayer(ReadOnlyMemory<byte> name, Random random, KeyStore? keys = null, IGossipApplication? inner = null)
    {
        _name = name;
        _inner = inner;
        _queries = new(name, _members, keys ?? new(new(), isSealed: true), random, _events);
    }

    public IReadOnlyList<SerfEvent> Events => _events;

    /// <summary>The Lamport time of membership.</summary>
    public ulong Time => _clock.Time;

    private SwimCore Core => _core ?? throw new InvalidOperationException("The layer is not attached to a node.");

    public void ClearEvents() => _events.Clear();

    /// <summary>To be called before the node starts.</summary>
    public void Attach(SwimCore core) => _core = core;

    public SerfStatus StatusOf(string member) => _members.StatusOf(member);

    /// <summary>All members with their status, those that left or failed in the last day among them.</summary>
    public IEnumerable<(string Name, SerfStatus Status)> Statuses => _members.All.Select(static member => (member.Name, member.Status));

    /// <summary>The node has joined by a seed: all are told, so that nobody takes it for one that leaves. One that leaves meanwhile says no more: the later word counts, and its leave would be a crash.</summary>
    public void Joined(long now)
    {
        _queries.Joined();
        _isMember = true;
        SayJoinedUnlessLeaving(now);
    }

    /// <summary>Says that this node goes, and leaves when that has been said often enough: an agent that hears of the leave first takes it for a crash.</summary>
    public void Leave(long now)
    {
        if (Core.IsLeaving || _isLeaving)
            return;
        _isLeaving = true;
        var length = SerfCodec.Write(_scratch, new LeaveIntent(_clock.Next(), _name.Span, prune: false));
        Apply(_scratch.AsSpan(0, length), now);
        _leaveIntent = Core.LiveCount > 1 ? Core.Broadcast(_scratch.AsSpan(0, length), now) : 0;
        if (_leaveIntent != 0 && _leaveIntent != _lastTransmitted)
            return;
        // Nobody is there to be told, or so much waits to be said that this was dropped at once: then some are told directly, who pass it on.
        if (_leaveIntent != 0)
            Tell(_scratch.AsSpan(0, length), now);
        _leaveIntent = 0;
        Core.Leave(now);
    }

    /// <summary>Says of another member that it left: one that failed is then no longer waited for. One that lives objects.</summary>
    public void ForceLeave(string member, bool prune, long now)
    {
        var length = SerfCodec.Write(_scratch, new LeaveIntent(_clock.Next(), MemberName.Bytes(member), prune));
        Apply(_scratch.AsSpan(0, length), now);
        Core.Broadcast(_scratch.AsSpan(0, length), now);
    }

    /// <summary>Sends an event to all, with <paramref name="isTold"/> this node among them. Returns the token of its broadcast, 0 where it is too long.</summary>
    public long SendEvent(string eventName, ReadOnlySpan<byte> payload, bool coalesces, long now, bool isTold = true)
    {
        var bytes = Encoding.UTF8.GetBytes(eventName);
        if (bytes.Length + payload.Length > MaxEventLength)
            return 0;
        var length = SerfCodec.Write(_scratch, new UserEvent(_eventClock.Next(), bytes, payload, coalesces));
        TakeEvent(new(_eventClock.Time - 1, bytes, payload, coalesces), isOld: !isTold);
        return Core.Broadcast(_scratch.AsSpan(0, length), now);
    }

    /// <summary>Asks all other members about keys, or to change them. Null where too many queries are open. <see cref="EndKeys"/> or <see cref="Drop"/> is to follow.</summary>
    public OwnQuery? AskKeys(KeyOperation operation, GossipKey? key, long now) => _queries.AskKeys(Core, operation, key, now);

    public void AskAgain(OwnQuery query, long now) => SerfQueries.AskAgain(Core, query, now);

    public GossipKeyReport EndKeys(OwnQuery query, KeyOperation operation, GossipKey? key) => _queries.EndKeys(query, operation, key);

    public void Drop(OwnQuery query) => _queries.Drop(query);

    public void MemberChanged(in ProtocolEvent change)
    {
        _inner?.MemberChanged(change);
        if (change.Record is not { } record)
            return;
        var status = change.Kind switch
        {
            EventKind.Joined => _members.Joined(record.Name, change.At),
            EventKind.Failed => _members.Gone(record.Name, hasLeft: false, change.At),
            EventKind.Left => _members.Gone(record.Name, hasLeft: true, change.At),
            _ => SerfStatus.None,
        };
        TellStatus(record.Name, status);
        TellForgotten();
    }

    public void MessageReceived(ReadOnlySpan<byte> message, NodeAddress from, long now)
    {
        if (message.IsEmpty || message[0] > (byte)SerfMessageType.Relay)
        {
            _inner?.MessageReceived(message, from, now);
            return;
        }

        _from = from;
        if (message.Length > MaxEventReceived + SerfCodec.MaxOverhead)
            Refuse("A message of Serf is too long.");
        else if (Apply(message, now))
            Core.Broadcast(message, now);
    }

    public void WriteState(bool join, IBufferWriter<byte> state)
    {
        var room = Core.StateRoom;
        using var inner = new PooledBuffer(Math.Max(0, room - SerfState.LengthOf(_members)));
        _inner?.WriteState(join, inner);
        SerfState.Write(state, _clock, _eventClock, _queries.Clock, _members, _recentEvents, inner.Written.Span, room);
    }

    public void MergeState(ReadOnlySpan<byte> state, bool join, NodeAddress from, long now)
    {
        _from = from;
        if (SerfState.Read(state) is not { } read)
        {
            Refuse("An exchange does not carry Serf's state.");
            return;
        }

        if (!Witness(_clock, read.Time) || !Witness(_eventClock, read.EventTime) || !Witness(_queries.Clock, read.QueryTime))
            return;
        _queries.Met(read.QueryTime);
        var isStrange = false;
        foreach (var (member, time) in read.Statuses)
        {
            // Nothing has been said at the time a clock stands at, or later: such a status is made up.
            if (time >= Math.Max(1, read.Time))
                isStrange = true;
            else if (!read.Left.Contains(member))
                TellStatus(member, _members.Join(member, time, now).Changed);
            else if (!string.Equals(member, Core.Self.Name, StringComparison.Ordinal))
                TellStatus(member, _members.HasLeft(member, time));
            else if (_members.IsLatest(_name.Span, time))
                SayJoinedUnlessLeaving(now);
        }

        foreach (var (time, eventName, payload) in read.Events)
        {
            if (time >= Math.Max(1, read.EventTime) || eventName.Length + payload.Length > MaxEventReceived)
                isStrange = true;
            else
                TakeEvent(new UserEvent(time, eventName, payload, coalesces: false), isOld: join && !_isMember);
        }

        // A member that was given up is tried again by the exchange of a join as well, and must not miss what happened meanwhile.
        _isMember |= !join;

        if (isStrange)
            Refuse("An exchange has times later than its clock, or an event that is too long.");
        _members.Reap(now);
        TellForgotten();
        if (read.Application.Length > 0)
            _inner?.MergeState(read.Application, join, from, now);
    }

    /// <summary>Nothing: agents expect a coordinate, or nothing.</summary>
    public int WriteAckPayload(Span<byte> destination) => 0;

    public void AckReceived(NodeRecord from, ReadOnlySpan<byte> payload, long elapsed, long now) => _inner?.AckReceived(from, payload, elapsed, now);

    public void Transmitted(long token, long now)
    {
        _inner?.Transmitted(token, now);
        _lastTransmitted = token;
        if (token == 0 || token != _leaveIntent)
            return;
        _leaveIntent = 0;
        Core.Leave(now);
    }

    // True where the message is to be passed on.
    private bool Apply(ReadOnlySpan<byte> message, long now)
    {
        var body = message[1..];
        switch ((SerfMessageType)message[0])
        {
            case SerfMessageType.JoinIntent when SerfCodec.TryRead(body, out JoinIntent join) && _clock.Witness(join.Time):
                var joined = _members.Join(join.Node, join.Time, now);
                TellStatus(join.Node, joined.Changed);
                return joined.IsNew;
            case SerfMessageType.LeaveIntent when SerfCodec.TryRead(body, out LeaveIntent leave) && _clock.Witness(leave.Time):
                return Leaves(leave, now);
            case SerfMessageType.UserEvent:
                return TakeEvent(body);
            case SerfMessageType.Query when message.Length <= MaxQueryReceived && SerfCodec.TryRead(body, out Query query) && _queries.Clock.Witness(query.Time):
                return _queries.Ask(Core, query, _from, now);
            case SerfMessageType.QueryResponse when SerfCodec.TryRead(body, out QueryResponse response):
                _queries.Take(response);
                return false;
            case SerfMessageType.Relay when SerfCodec.TryRead(body, out RelayMessage relay):
                if (!_queries.Forward(Core, relay, now))
                    Refuse("A message is to be passed on that is no answer, or to nobody known.");
                return false;
            default:
                Refuse("A message of Serf cannot be read, is too long, or its time is far ahead.");
                return false;
        }
    }

    private bool Leaves(in LeaveIntent leave, long now)
    {
        if (leave.Node.SequenceEqual(_name.Span) && !_isLeaving && !Core.IsLeaving)
        {
            // Somebody forces this node to leave, which lives: a later join says so.
            if (_members.IsLatest(leave.Node, leave.Time))
                SayJoined(now);
            return false;
        }

        var left = _members.Leave(leave.Node, leave.Time, leave.Prune, now);
        TellStatus(leave.Node, left.Changed);
        TellForgotten();
        return left.IsNew;
    }

    private bool TakeEvent(ReadOnlySpan<byte> body)
    {
        if (SerfCodec.TryRead(body, out UserEvent happened) && happened.Name.Length + happened.Payload.Length <= MaxEventReceived && _eventClock.Believes(happened.Time))
            return TakeEvent(happened, isOld: false);
        Refuse("An event of Serf cannot be read, is too long, or its time is far ahead.");
        return false;
    }

    // Who joins is not told of what happened before.
    private bool TakeEvent(in UserEvent happened, bool isOld)
    {
        if (!_eventClock.Witness(happened.Time) || !_recentEvents.Add(happened.Time, _eventClock.Time, 0, happened.Name, happened.Payload))
            return false;
        if (!isOld)
            _events.Add(new(SerfEventKind.UserEvent, Encoding.UTF8.GetString(happened.Name)) { Payload = happened.Payload.ToArray(), Time = happened.Time });
        return true;
    }

    private void SayJoinedUnlessLeaving(long now)
    {
        if (!_isLeaving && !Core.IsLeaving)
            SayJoined(now);
    }

    // At the time of this node's own clock, never at one that somebody says.
    private void SayJoined(long now)
    {
        var time = _clock.Next();
        _members.Join(_name.Span, time, now);
        var length = SerfCodec.Write(_scratch, new JoinIntent(time, _name.Span));
        Core.Broadcast(_scratch.AsSpan(0, length), now);
    }

    private void Tell(ReadOnlySpan<byte> message, long now)
    {
        List<MemberView> members = [];
        Core.CopyMembers(members);
        foreach (var member in members.Where(member => member.State == MemberState.Alive && !member.Record.NameBytes.SequenceEqual(_name.Span)).Take(MaxTold))
            Core.Send(member.Record.Address, message, crc: false, now);
    }

    // Nothing of the time the clock stands at has been said yet.
    private bool Witness(LamportClock clock, ulong time)
    {
        if (time <= 1 || clock.Witness(time - 1))
            return true;
        Refuse("A time of Serf is far ahead.");
        return false;
    }

    private void TellStatus(ReadOnlySpan<byte> member, SerfStatus status)
    {
        if (status != SerfStatus.None)
            TellStatus(MemberName.Text(member), status);
    }

    private void TellStatus(string member, SerfStatus status)
    {
        if (status != SerfStatus.None)
            _events.Add(new(SerfEventKind.StatusChanged, member) { Status = status });
    }

    private void TellForgotten()
    {
        foreach (var member in _members.Forgotten)
            _events.Add(new(SerfEventKind.Forgotten, member));
        _members.ClearForgotten();
    }

    private void Refuse(string reason) => _events.Add(new(SerfEventKind.Refused, reason) { From = _from });
}
