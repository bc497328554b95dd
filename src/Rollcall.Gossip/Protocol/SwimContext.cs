using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Protocol;

/// <summary>What the parts of one node share: its members, timers, queues, and where its effects go.</summary>
internal sealed class SwimContext
{
    /// <summary>A compound of more is misread by old peers.</summary>
    public const int MaxMessagesInPacket = 127;

    /// <summary>Who speaks this version of the protocol, or a later one, answers pings over TCP.</summary>
    public const byte StreamPingsFrom = 3;

    /// <summary>The token of the message that this node goes.</summary>
    public const long LeaveToken = -1;

    /// <summary>Every packet may get a checksum around it.</summary>
    private const int CrcOverhead = 5;

    private const int CompoundOverhead = 2;

    private readonly byte[] _scratch = new byte[2048];
    private bool _isMembersTurn;

    public SwimContext(ProtocolSettings settings, Effects effects, Random random, NodeRecords records, IGossipApplication? application)
    {
        Settings = settings;
        Effects = effects;
        Random = random;
        Records = records;
        Application = application;
        Awareness = new(settings.AwarenessMaxMultiplier);
        Queue = new(keepsOrder: false, Completed);
        UserQueue = new(keepsOrder: true, Completed);
        Budget = settings.PacketBudget - settings.WrapperOverhead - CrcOverhead - CompoundOverhead;
    }

    public ProtocolSettings Settings { get; }

    public Effects Effects { get; }

    public Random Random { get; }

    public NodeRecords Records { get; }

    public IGossipApplication? Application { get; }

    public MemberTable Members { get; } = new();

    public TimerQueue Timers { get; } = new();

    public Awareness Awareness { get; }

    /// <summary>What is to be gossiped about members.</summary>
    public BroadcastQueue Queue { get; }

    /// <summary>What is to be gossiped for the application.</summary>
    public BroadcastQueue UserQueue { get; }

    /// <summary>The row of this node.</summary>
    public int Self { get; set; } = MemberTable.None;

    public NodeRecord SelfRecord => Members.RecordOf(Self);

    /// <summary>A member to probe before the one whose turn it is: somebody else has claimed its name, in a later incarnation.</summary>
    public int Doubtful { get; set; } = MemberTable.None;

    public bool IsLeaving { get; set; }

    /// <summary>How many messages have come from anybody.</summary>
    public long Heard { get; set; }

    public long Now { get; set; }

    /// <summary>Bytes for messages in a packet, each with its <see cref="BroadcastQueue.LengthEntry"/>.</summary>
    public int Budget { get; }

    /// <summary>The longest message that can be gossiped; the type byte counts.</summary>
    public int MaxMessageLength => Budget - BroadcastQueue.LengthEntry;

    public int TransmitLimit => Math.Max(1, Scaling.RetransmitLimit(Settings.RetransmitMult, Members.Count));

    public void QueueAlive(int row)
    {
        ref var member = ref Members[row];
        var record = Members.RecordOf(row);
        Queue.Add(row, _scratch.AsSpan(0, MessageCodec.Write(_scratch, new Alive(member.Incarnation, record.NameBytes, record.Address, record.Meta, record.Versions))));
    }

    public void QueueSuspect(int row, uint incarnation, ReadOnlySpan<byte> from) =>
        Queue.Add(row, _scratch.AsSpan(0, MessageCodec.Write(_scratch, new Suspect(incarnation, Members.RecordOf(row).NameBytes, from))));

    public void QueueDead(int row, ReadOnlySpan<byte> from, long token = 0) =>
        Queue.Add(row, _scratch.AsSpan(0, MessageCodec.Write(_scratch, new Dead(Members[row].Incarnation, Members.RecordOf(row).NameBytes, from))), token);

    /// <summary>
    /// Whether an ack of the member counts only from the address it is known by: it has answered from there. Behind a translation of addresses, or with several of its own, a member may answer from another than it
    /// advertises, and is then believed by the number of the ping alone, which nobody guesses. Such a way can change while it runs: that comes out by a ping over TCP, without which nobody is held to an address.
    /// </summary>
    public bool AnswersOnlyFromItsAddress(int row) =>
        Settings.Guards && Settings.StreamPings && Members[row].AnswersFromItsAddress && Members.RecordOf(row).Versions.ProtocolMax >= StreamPingsFrom;

    /// <summary>Fills the packet that is being made with gossip, and ends it. Neither rumours nor the application's messages starve the other.</summary>
    public void FillAndSend()
    {
        var room = Budget - Effects.BytesInPacket - (BroadcastQueue.LengthEntry * Effects.MessagesInPacket);
        var kept = Queue.Count > 0 ? KeptForApplication(room) : 0;
        if (Queue.Count > 0)
            room = kept + Queue.Take(Effects, room - kept, MaxMessagesInPacket - (kept > 0 ? 1 : 0), TransmitLimit);
        if (UserQueue.Count > 0)
            UserQueue.Take(Effects, room, MaxMessagesInPacket, TransmitLimit);
        Effects.EndPacket();
    }

    // A quarter is the application's while it has anything. A message longer than that gets the room it needs in every second packet that it fits: it leaves next to nothing beside it.
    private int KeptForApplication(int room)
    {
        var quarter = Math.Min(UserQueue.TotalLength, Budget / 4);
        var next = UserQueue.NextLength;
        if (next <= quarter)
            return quarter;
        if (next > room)
            return 0;
        _isMembersTurn = !_isMembersTurn;
        return _isMembersTurn ? 0 : next;
    }

    public void Refuse(string reason, NodeAddress from, NodeRecord? about = null) =>
        Effects.Add(new ProtocolEvent(EventKind.Refused, Now) { Reason = reason, From = from, Record = about });

    private void Completed(long token)
    {
        if (token == LeaveToken)
        {
            Effects.Add(new ProtocolEvent(EventKind.LeaveSpread, Now));
            return;
        }

        Effects.Add(new ProtocolEvent(EventKind.Transmitted, Now) { Token = token });
        Application?.Transmitted(token, Now);
    }
}
