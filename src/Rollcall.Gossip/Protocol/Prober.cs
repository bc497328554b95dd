using Rollcall.Gossip.Messages;
using Rollcall.Gossip.Wire;

namespace Rollcall.Gossip.Protocol;

/// <summary>
/// Probes one member after the other in an order that is shuffled after each pass, so that every member is probed within two passes (SWIM, section 4.3). A round is a ping, then indirect pings and one over TCP,
/// and a verdict at its end; there is one round at a time.
/// </summary>
internal sealed class Prober(SwimContext context, Membership membership)
{
    /// <summary>Rounds in which nobody at all was heard, for which this node blames itself before it accuses.</summary>
    public const int DoubtfulRounds = 2;

    /// <summary>
    /// For this part of the timeout longer a round lasts in which nobody at all was heard. memberlist's nacks come just after the round that they are for: agents that were asked, and answer, are no reason for doubt.
    /// </summary>
    public const int OvertimePercent = 20;

    /// <summary>Members whose failed exchanges are remembered; cleared with each pass.</summary>
    private const int MaxStreamFailures = 64;

    private const int MaxHelpers = 16;
    private const byte NacksFrom = 4;
    private const byte CrcFrom = 5;

    private readonly long _interval = context.Settings.ProbeInterval.Ticks;
    private readonly long _timeout = context.Settings.ProbeTimeout.Ticks;
    private readonly int[] _helpers = new int[Math.Min(context.Settings.IndirectChecks, MaxHelpers)];
    private readonly Dictionary<int, string> _streamFailures = [];
    private int _next;
    private long _tick;
    private int _doubtfulRounds;
    private ProbeRound _round;

    public bool IsUnderWay => _round.IsUnderWay;

    public uint SeqNo => _round.SeqNo;

    public void Start()
    {
        _tick = context.Now + context.Random.NextInt64(_interval);
        context.Timers.Set(TimerKind.Probe, _tick);
    }

    /// <summary>The tick of the interval. One that comes while a round is under way begins the next when that is over; further ones are lost.</summary>
    public void Tick()
    {
        _tick += _interval * (((context.Now - _tick) / _interval) + 1);
        context.Timers.Set(TimerKind.Probe, _tick);
        if (_round.IsUnderWay)
            _round.IsTickMissed = true;
        else
            Begin();
    }

    /// <summary>False where the ack is for the round that is under way, and came from where nobody was asked.</summary>
    public bool TryAck(in Ack ack, NodeAddress from)
    {
        if (!_round.Is(ack.SeqNo))
            return true;
        var target = context.Members.RecordOf(_round.Target);
        if (!IsFrom(_round.Target, from) && !IsFromHelper(from))
        {
            _round.HasStrayAck = true;
            return false;
        }

        context.Members[_round.Target].AnswersFromItsAddress |= from == target.Address;
        var elapsed = _round.IsHelped || _round.IsPaused ? 0 : context.Now - _round.Began;
        context.Effects.Add(new ProtocolEvent(EventKind.ProbeAnswered, context.Now) { Record = target, Elapsed = elapsed });
        if (!_round.IsHelped && _streamFailures.Remove(_round.Target, out var reason))
            context.Effects.Add(new ProtocolEvent(EventKind.StreamsLost, context.Now) { Record = target, Reason = reason });
        if (elapsed > 0)
            context.Application?.AckReceived(target, ack.Payload, elapsed, context.Now);
        End(-1);
        return true;
    }

    /// <summary>False where the nack is for the round that is under way, and came from where nobody was asked.</summary>
    public bool TryNack(uint seqNo, NodeAddress from)
    {
        if (!_round.Is(seqNo))
            return true;
        if (!IsFromHelper(from))
            return false;
        _round.Nacks++;
        if (_round.IsOvertime && _round.Nacks == _round.ExpectedNacks)
            RoundOver(seqNo);
        return true;
    }

    /// <summary>An exchange with the member has failed. It is pinged next: if it answers, it is there, and only TCP does not get through to it.</summary>
    public void StreamFailed(int row, string reason)
    {
        if (_streamFailures.Count >= MaxStreamFailures)
            return;
        _streamFailures[row] = reason;
        context.Doubtful = row;
    }

    public void StreamPingEnded(uint seqNo, bool answered)
    {
        if (_round.Is(seqNo))
            _round.IsAnsweredByStream |= answered;
    }

    /// <summary>What could not be sent will not be answered: others are asked at once.</summary>
    public void SendFailed(NodeAddress to)
    {
        if (_round.IsUnderWay && !_round.IsHelped && context.Members.RecordOf(_round.Target).Address == to)
            AskOthers();
    }

    public void TimedOut(uint seqNo)
    {
        if (_round.Is(seqNo) && !_round.IsHelped)
            AskOthers();
    }

    public void RoundOver(uint seqNo)
    {
        if (!_round.Is(seqNo))
            return;
        var row = _round.Target;
        var target = context.Members.RecordOf(row);
        if (_round.IsAnsweredByStream)
        {
            // It lives, so that who answers from elsewhere is itself.
            if (_round.HasStrayAck)
                context.Members[row].AnswersFromItsAddress = false;
            else
                context.Effects.Add(new ProtocolEvent(EventKind.DatagramsLost, context.Now) { Record = target });
            End(-1);
            return;
        }

        var heardNobody = context.Settings.Guards && context.Heard == _round.HeardBefore && _round.Helpers > 0;
        if (heardNobody && !_round.IsOvertime)
        {
            _round.IsOvertime = true;
            context.Timers.Set(TimerKind.ProbeEnd, context.Now + (_timeout * OvertimePercent / 100), seqNo);
            return;
        }

        var missing = _round.ExpectedNacks > 0 ? Math.Max(0, _round.ExpectedNacks - _round.Nacks) : 1;
        if (IsDoubtful(heardNobody))
        {
            context.Effects.Add(new ProtocolEvent(EventKind.Doubted, context.Now) { Record = target });
            End(Math.Max(1, missing));
            return;
        }

        context.Effects.Add(new ProtocolEvent(EventKind.ProbeFailed, context.Now) { Record = target });
        membership.Suspect(context.Members[row].Incarnation, target.NameBytes, context.SelfRecord.NameBytes, new(OriginKind.Own, context.SelfRecord.Address));
        End(missing);
    }

    /// <summary>The time this node was not run does not count; an ack that came meanwhile is still to be read.</summary>
    public void Paused()
    {
        if (_round.IsUnderWay)
            _round.IsPaused = true;
    }

    private void Begin()
    {
        var row = NextTarget();
        if (row == MemberTable.None)
            return;
        var seqNo = (uint)context.Random.NextInt64(1L << 32);
        _round = new() { SeqNo = seqNo, Target = row, Began = context.Now, HeardBefore = context.Heard, Ends = context.Now + context.Awareness.Scale(_interval), IsUnderWay = true };
        SendPing(row, seqNo);
        context.Timers.Set(TimerKind.ProbeTimeout, context.Now + Math.Min(_timeout, _round.Ends - context.Now), seqNo);
        context.Timers.Set(TimerKind.ProbeEnd, _round.Ends, seqNo);
    }

    // A pass that ends shuffles and goes on, so that a small cluster loses no tick.
    private int NextTarget()
    {
        for (var looked = 0; looked <= 2 * context.Members.Count; looked++)
        {
            if (context.Doubtful != MemberTable.None)
            {
                var doubtful = context.Doubtful;
                context.Doubtful = MemberTable.None;
                if (context.Members[doubtful].IsLive)
                    return doubtful;
            }

            if (_next >= context.Members.Count)
            {
                _streamFailures.Clear();
                membership.Forget();
                context.Members.Shuffle(context.Random);
                _next = 0;
            }

            var row = context.Members.Order[_next++];
            if (row != context.Self && context.Members[row].IsLive)
                return row;
        }

        return MemberTable.None;
    }

    private void SendPing(int row, uint seqNo)
    {
        var target = context.Members.RecordOf(row);
        var self = context.SelfRecord;
        var ping = new Ping(seqNo, target.NameBytes, self.Address, self.NameBytes);
        var tells = context.Settings.TellSuspects && context.Members[row].State == MemberState.Suspect;
        context.Effects.BeginPacket(target.Address, tells && target.Versions.ProtocolMax >= CrcFrom);
        context.Effects.Commit(MessageCodec.Write(context.Effects.BeginMessage(MessageCodec.MaxSize(ping)), ping));
        if (!tells)
        {
            context.FillAndSend();
            return;
        }

        // Lifeguard's buddy system: who is suspected hears of it from the next one that probes it.
        var suspect = new Suspect(context.Members[row].Incarnation, target.NameBytes, self.NameBytes);
        context.Effects.Commit(MessageCodec.Write(context.Effects.BeginMessage(MessageCodec.MaxSize(suspect)), suspect));
        context.Effects.EndPacket();
    }

    private void AskOthers()
    {
        _round.IsHelped = true;
        var target = context.Members.RecordOf(_round.Target);
        _round.Helpers = MemberPicker.Pick(context, _helpers, PickKind.Alive, _round.Target);
        foreach (var helper in _helpers.AsSpan(0, _round.Helpers))
            SendIndirectPing(context.Members.RecordOf(helper), target);
        if (context.Settings.StreamPings && target.Versions.ProtocolMax >= SwimContext.StreamPingsFrom)
            context.Effects.Add(new StreamPing(target, _round.SeqNo, _round.Ends));
    }

    private void SendIndirectPing(NodeRecord helper, NodeRecord target)
    {
        var self = context.SelfRecord;
        var wantsNack = context.Settings.Nacks && helper.Versions.ProtocolMax >= NacksFrom;
        if (wantsNack)
            _round.ExpectedNacks++;
        var ping = new IndirectPing(_round.SeqNo, target.Address, target.NameBytes, wantsNack, self.Address, self.NameBytes);
        context.Effects.BeginPacket(helper.Address, crc: false);
        context.Effects.Commit(MessageCodec.Write(context.Effects.BeginMessage(MessageCodec.MaxSize(ping)), ping));
        context.FillAndSend();
    }

    private bool IsFromHelper(NodeAddress from)
    {
        foreach (var helper in _helpers.AsSpan(0, _round.Helpers))
        {
            if (IsFrom(helper, from))
                return true;
        }

        return false;
    }

    // Whether it may be what this member sent.
    private bool IsFrom(int row, NodeAddress from) => context.Members.RecordOf(row).Address == from || !context.AnswersOnlyFromItsAddress(row);

    // Not one word from the target, the helpers or anybody else: more likely this node is deaf or dumb than that all of them died at once. It says so only for a while: they may have.
    private bool IsDoubtful(bool heardNobody)
    {
        _doubtfulRounds = heardNobody ? _doubtfulRounds + 1 : 0;
        return heardNobody && _doubtfulRounds <= DoubtfulRounds;
    }

    private void End(int awareness)
    {
        context.Awareness.Apply(awareness);
        var beginsNext = _round.IsTickMissed;
        _round = default;
        if (beginsNext)
            Begin();
    }
}
