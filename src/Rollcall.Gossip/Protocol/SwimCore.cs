using System.Buffers;
using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Protocol;

/// <summary>
/// One node of the SWIM protocol with Lifeguard as memberlist speaks it, as a pure state machine: each call takes what happened and the time, and leaves in <see cref="Effects"/> what is to be done.
/// Time is in ticks of <see cref="TimeSpan"/> from any origin and never goes back. Not thread-safe: one caller at a time.
/// </summary>
internal sealed class SwimCore
{
    /// <summary>For the head of an exchange, and what encryption puts around it.</summary>
    private const int StateReserve = 64 * 1024;

    private readonly SwimContext _context;
    private readonly Suspicions _suspicions;
    private readonly Refutation _refutation;
    private readonly Membership _membership;
    private readonly Prober _prober;
    private readonly Relays _relays;
    private readonly Gossiper _gossiper;
    private readonly Exchanges _exchanges;
    private readonly Inbox _inbox;
    private readonly NodeRecord _self;
    private long _tokens;
    private bool _isStarted;

    /// <summary>
    /// A node that says <paramref name="self"/> of itself; its name is unique in the cluster. The effects may be shared by nodes that are never run at the same time; the random numbers are seeded by the caller.
    /// </summary>
    public SwimCore(ProtocolSettings settings, NodeRecord self, Effects effects, Random random, IGossipApplication? application = null, NodeRecords? records = null)
    {
        _self = self;
        _context = new(settings, effects, random, records ?? NodeRecords.Unshared, application);
        _suspicions = new(_context);
        var inquiry = new Inquiry(_context);
        _refutation = new(_context, inquiry);
        _membership = new(_context, _suspicions, _refutation, inquiry);
        _prober = new(_context, _membership);
        _relays = new(_context);
        _gossiper = new(_context);
        _exchanges = new(_context, _membership);
        _inbox = new(_context, _membership, _prober, _relays);
    }

    public Effects Effects => _context.Effects;

    public ProtocolSettings Settings => _context.Settings;

    /// <summary>When <see cref="Advance"/> is to be called next; <see cref="TimerQueue.Never"/> where there is nothing to wait for. Changes with every call.</summary>
    public long NextDeadline => _context.Timers.Next;

    public NodeRecord Self => _isStarted ? _context.SelfRecord : _self;

    public uint Incarnation => _context.Members[_context.Self].Incarnation;

    public bool IsLeaving => _context.IsLeaving;

    public int HealthScore => _context.Awareness.Score;

    public int MemberCount => _context.Members.Count;

    public int LiveCount => _context.Members.LiveCount;

    public int SuspectCount => _suspicions.Count;

    public int QueueLength => _context.Queue.Count;

    public int UserQueueLength => _context.UserQueue.Count;

    /// <summary>Timers that are set, those that will find nothing to do among them.</summary>
    public int TimerCount => _context.Timers.Count;

    /// <summary>Members whose names somebody else wants.</summary>
    public int ClaimCount => _membership.ClaimCount;

    /// <summary>The longest message of the application that can be gossiped or sent in a datagram.</summary>
    public int MaxUserMessageLength => _context.MaxMessageLength - 1;

    /// <summary>Announces the node to itself and sets the timers; to be called once, first.</summary>
    public void Start(long now)
    {
        _context.Now = now;
        _context.Self = _context.Members.Add(_self, now, _context.Random);
        _isStarted = true;
        _context.Members.SetState(_context.Self, MemberState.Alive, now);
        _refutation.Announce(_self.Address, _self.Meta);
        var joined = new ProtocolEvent(EventKind.Joined, now) { Record = _context.SelfRecord, Incarnation = Incarnation };
        Effects.Add(joined);
        _context.Application?.MemberChanged(joined);
        _prober.Start();
        _gossiper.Start();
        _exchanges.Start();
        _gossiper.Arm();
    }

    /// <summary>Takes the place for so many members at once, where it is known how many there will be.</summary>
    public void Reserve(int members) => _context.Members.Reserve(members);

    /// <summary>Adds a live member that is known from elsewhere, from before or by configuration, without gossip about it. A member that is known already stays as it is.</summary>
    public void Know(NodeRecord record, uint incarnation, long now)
    {
        Enter(now);
        if (_context.Members.Find(record.NameBytes) != MemberTable.None)
            return;
        var row = _context.Members.Add(record, now, _context.Random);
        _context.Members[row].Incarnation = incarnation;
        _context.Members.SetState(row, MemberState.Alive, now);
    }

    /// <summary>One message that came in a datagram, with its type byte and without wrappers. No input makes it throw.</summary>
    public void Receive(ReadOnlySpan<byte> message, NodeAddress from, long now)
    {
        Enter(now);
        _context.Heard++;
        _inbox.Receive(message, from);
        _gossiper.Arm();
    }

    /// <summary>A message of the application that came on a stream.</summary>
    public void ReceiveUserMessage(ReadOnlySpan<byte> payload, NodeAddress from, long now)
    {
        Enter(now);
        _inbox.User(payload, from);
        _gossiper.Arm();
    }

    /// <summary>Does what is due. To be called at <see cref="NextDeadline"/>; earlier is harmless, much later means to the node that it was not run.</summary>
    public void Advance(long now)
    {
        Enter(now);
        while (_context.Timers.TryTake(now, out var timer))
            Run(timer);
        _gossiper.Arm();
    }

    /// <summary>A datagram to this address could not be sent, or came back as undeliverable.</summary>
    public void SendFailed(NodeAddress to, long now)
    {
        Enter(now);
        _prober.SendFailed(to);
        _gossiper.Arm();
    }

    /// <summary>A <see cref="StreamPing"/> is over.</summary>
    public void StreamPingEnded(uint seqNo, bool answered, long now)
    {
        Enter(now);
        _prober.StreamPingEnded(seqNo, answered);
    }

    /// <summary>A <see cref="StateExchange"/> with a member has failed.</summary>
    public void ExchangeFailed(NodeRecord partner, string reason, long now)
    {
        Enter(now);
        var row = _context.Members.Find(partner.NameBytes);
        if (row != MemberTable.None && row != _context.Self && _context.Members[row].IsLive && _context.Members.RecordOf(row).Address == partner.Address)
            _prober.StreamFailed(row, reason);
    }

    /// <summary>The answer to a ping on a stream; <paramref name="body"/> is without the type byte. False: close without an answer.</summary>
    public bool TryAnswerStreamPing(ReadOnlySpan<byte> body, IBufferWriter<byte> answer)
    {
        if (!MessageCodec.TryRead(body, out Ping ping, out _))
            return false;
        var length = Relays.AnswerStream(Self, ping, answer.GetSpan(64));
        answer.Advance(length);
        return length > 0;
    }

    /// <summary>Writes what the dialer of an exchange sends: a whole push/pull message.</summary>
    public void WriteState(IBufferWriter<byte> message, bool join) => _exchanges.Write(message, join);

    /// <summary>
    /// The other side of an exchange that somebody else began: writes the answer, which is what was believed before, then takes what came. The answer is to be sent even where the result is a refusal.
    /// The body is the message without its type byte, the peer is where the stream comes from. Returns why it was refused; null where it was taken.
    /// </summary>
    public string? AcceptState(ReadOnlySpan<byte> body, NodeAddress peer, IBufferWriter<byte> answer, long now)
    {
        Enter(now);
        if (!MessageCodec.TryRead(body, out PushPullHeader header, out _, out var refusal))
            return refusal;
        _exchanges.Write(answer, header.Join);
        return Merge(body, peer, isMember: false);
    }

    /// <summary>The answer in an exchange that this node began with <paramref name="partner"/>. Returns why it was refused; null where it was taken.</summary>
    public string? MergeState(ReadOnlySpan<byte> body, NodeAddress partner, long now)
    {
        Enter(now);
        return Merge(body, partner, isMember: true);
    }

    /// <summary>Changes what this node says of itself and has it gossiped; it is told of it as of any other member's change.</summary>
    public void Update(NodeAddress address, ReadOnlySpan<byte> meta, long now)
    {
        Enter(now);
        if (_context.IsLeaving)
            return;
        var before = _context.SelfRecord;
        _refutation.Announce(address, meta);
        if (!ReferenceEquals(before, _context.SelfRecord))
            _membership.Tell(EventKind.Updated, _context.Self);
        _gossiper.Arm();
    }

    /// <summary>Queues a message for all members that gossip reaches; each sees it at most a few times. Returns the token that <see cref="EventKind.Transmitted"/> will name; 0 where the message is too long.</summary>
    public long Broadcast(ReadOnlySpan<byte> payload, long now)
    {
        Enter(now);
        if (payload.Length > MaxUserMessageLength)
            return 0;
        Span<byte> message = stackalloc byte[payload.Length + 1];
        message[0] = (byte)MessageType.User;
        payload.CopyTo(message[1..]);
        _context.UserQueue.Add(message, ++_tokens);
        var token = _tokens;
        _context.UserQueue.Prune(Settings.MaxQueuedMessages);
        _gossiper.Arm();
        return token;
    }

    /// <summary>Sends a message of the application to one address in a datagram. False where it is too long for one.</summary>
    public bool Send(NodeAddress to, ReadOnlySpan<byte> payload, bool crc, long now)
    {
        Enter(now);
        if (payload.Length > MaxUserMessageLength)
            return false;
        Effects.BeginPacket(to, crc);
        var message = Effects.BeginMessage(payload.Length + 1);
        message[0] = (byte)MessageType.User;
        payload.CopyTo(message[1..]);
        Effects.Commit(payload.Length + 1);
        Effects.EndPacket();
        return true;
    }

    /// <summary>Tells all that this node goes; <see cref="EventKind.LeaveSpread"/> says when they have been told. Pings are still answered, so the node should run until then.</summary>
    public void Leave(long now)
    {
        Enter(now);
        if (_context.IsLeaving)
            return;
        _context.IsLeaving = true;
        _context.Members.SetState(_context.Self, MemberState.Left, now);
        var left = new ProtocolEvent(EventKind.Left, now) { Record = _context.SelfRecord, Incarnation = Incarnation };
        Effects.Add(left);
        _context.Application?.MemberChanged(left);
        _context.QueueDead(_context.Self, _context.SelfRecord.NameBytes, SwimContext.LeaveToken);
        if (_context.Members.LiveCount == 0)
            _context.Queue.Displace(_context.Self);
        _gossiper.Arm();
    }

    public bool TryFind(ReadOnlySpan<byte> name, out MemberView member)
    {
        var row = _context.Members.Find(name);
        member = row == MemberTable.None ? default : _context.Members.View(row);
        return row != MemberTable.None;
    }

    /// <summary>Appends all members, this node among them.</summary>
    public void CopyMembers(ICollection<MemberView> members)
    {
        foreach (var row in _context.Members.Order)
            members.Add(_context.Members.View(row));
    }

    /// <summary>Bytes that a state has for the application beside the members.</summary>
    public int StateRoom
    {
        get
        {
            var room = WireLimits.MaxStreamBytes - StateReserve;
            foreach (ref readonly var member in _context.Members.Rows)
                room -= member.Record?.MaxEntryLength ?? 0;
            return Math.Max(0, room);
        }
    }

    private string? Merge(ReadOnlySpan<byte> body, NodeAddress peer, bool isMember)
    {
        _context.Heard++;
        var refusal = _exchanges.Merge(body, peer, isMember);
        if (refusal is not null)
            _context.Refuse(refusal, peer);
        _gossiper.Arm();
        return refusal;
    }

    // What was due long ago, with no call since, says that this node was not run; what it measures of others then says nothing about them.
    private void Enter(long now)
    {
        var late = _context.Timers.Next == TimerQueue.Never ? 0 : now - Math.Max(_context.Timers.Next, _context.Now);
        _context.Now = now;
        if (!Settings.Guards || late <= Settings.ProbeTimeout.Ticks)
            return;
        _context.Timers.PutOff(late);
        _suspicions.PutOff(late);
        _prober.Paused();
        _context.Awareness.Apply(1);
        Effects.Add(new ProtocolEvent(EventKind.Paused, now) { Elapsed = late });
    }

    private void Run(in DueTimer timer)
    {
        switch (timer.Kind)
        {
            case TimerKind.Probe:
                _prober.Tick();
                break;
            case TimerKind.ProbeTimeout:
                _prober.TimedOut(timer.Key);
                break;
            case TimerKind.ProbeEnd:
                _prober.RoundOver(timer.Key);
                break;
            case TimerKind.Relay:
                _relays.TimedOut(timer.Key);
                break;
            case TimerKind.Suspicion:
                EndSuspicion((int)timer.Key);
                break;
            case TimerKind.Gossip:
                _gossiper.Tick();
                break;
            case TimerKind.PushPull:
                _exchanges.Tick();
                break;
            case TimerKind.Reconnect:
                _exchanges.TickReconnect();
                break;
            case TimerKind.NameFree:
                _membership.GiveName((int)timer.Key);
                break;
        }
    }

    private void EndSuspicion(int row)
    {
        if (!_suspicions.IsOver(row))
            return;
        _membership.Dead(_context.Members[row].Incarnation, _context.Members.RecordOf(row).NameBytes, _context.SelfRecord.NameBytes, new(OriginKind.Own, _context.SelfRecord.Address));
    }
}
