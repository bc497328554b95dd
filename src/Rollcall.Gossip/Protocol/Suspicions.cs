namespace Rollcall.Gossip.Protocol;

/// <summary>The suspicions under way, who may open one, and how long each lasts.</summary>
internal sealed class Suspicions(SwimContext context)
{
    private readonly Dictionary<int, Suspicion> _open = [];
    private readonly AccuserCredit _credit = new(context.Settings.ProbeInterval.Ticks * 30);
    private readonly FlapDamping _flaps = new(context.Settings.ProbeInterval.Ticks * 60);

    public int Count => _open.Count;

    /// <summary>False where the member is not suspected. A confirmation that counts is passed on and shortens the suspicion; only live members can give one, whose names nobody makes up.</summary>
    public bool TryConfirm(int row, uint incarnation, ReadOnlySpan<byte> from)
    {
        if (!_open.TryGetValue(row, out var suspicion))
            return false;
        if (!MayConfirm(row, from) || !suspicion.Confirm(from))
            return true;
        Settle(suspicion);
        context.QueueSuspect(row, incarnation, from);
        context.Timers.Set(TimerKind.Suspicion, suspicion.End, (uint)row);
        return true;
    }

    /// <summary>Whether the accuser still has credit; it pays.</summary>
    public bool MayOpen(int row, int accuser)
    {
        if (!context.Settings.Guards || _credit.TrySpend(accuser, context.Now))
            return true;
        TellDoubt(row, accuser);
        return false;
    }

    /// <summary>
    /// Whether the word of the accuser ends a member. Where nobody suspects it yet that costs credit as a suspicion does, so that nobody kills more at once than it could accuse; where it is suspected it has been
    /// accused before, and all that the word does is to end it a little sooner. What somebody says in this node's name ends nobody: of what it found itself it need not be told.
    /// </summary>
    public bool MayEnd(int row, int accuser)
    {
        if (context.Settings.Guards && accuser == context.Self)
            return false;
        if (!_open.ContainsKey(row))
            return MayOpen(row, accuser);
        if (!context.Settings.Guards || !_credit.IsExhausted(accuser, context.Now))
            return true;
        TellDoubt(row, accuser);
        return false;
    }

    public void Open(int row, ReadOnlySpan<byte> from, int accuser, bool isCharged)
    {
        var settings = context.Settings;
        var n = context.Members.Count;
        var factor = settings.Guards ? _flaps.Factor(row, context.Now) : 1;
        var min = Scaling.SuspicionMin(settings.SuspicionMult, n, settings.ProbeInterval.Ticks) * factor;
        var expected = Scaling.ExpectedConfirmations(settings.SuspicionMult, n);
        var suspicion = new Suspicion(from, expected, min, min * settings.SuspicionMaxTimeoutMult, context.Now) { Charged = isCharged ? accuser : Suspicion.NotCharged };
        _open[row] = suspicion;
        context.Members.SetState(row, MemberState.Suspect, context.Now);
        context.Timers.Set(TimerKind.Suspicion, suspicion.End, (uint)row);
        var happened = new ProtocolEvent(EventKind.Suspected, context.Now)
        {
            Record = context.Members.RecordOf(row),
            Incarnation = context.Members[row].Incarnation,
            Other = accuser == MemberTable.None ? null : context.Members.RecordOf(accuser),
        };
        context.Effects.Add(happened);
        context.Application?.MemberChanged(happened);
    }

    /// <summary>The member was found dead. Who accused it gets the credit back, but not on its own word.</summary>
    public void Confirmed(int row, int accuser)
    {
        if (_open.TryGetValue(row, out var suspicion) && suspicion.Charged != accuser)
            Settle(suspicion);
    }

    /// <summary>Ends the suspicion of a member, if there is one.</summary>
    public bool Close(int row) => _open.Remove(row);

    public void NoteFlap(int row)
    {
        if (context.Settings.Guards && _flaps.Note(row, context.Now))
            context.Effects.Add(new ProtocolEvent(EventKind.Flapping, context.Now) { Record = context.Members.RecordOf(row) });
    }

    /// <summary>Whether the timer that has come is that of a suspicion that is over its time.</summary>
    public bool IsOver(int row) => _open.TryGetValue(row, out var suspicion) && suspicion.End <= context.Now;

    public void PutOff(long by)
    {
        foreach (var suspicion in _open.Values)
            suspicion.PutOff(by);
    }

    public void Forget(int row)
    {
        _open.Remove(row);
        _credit.Forget(row);
        _flaps.Forget(row);
    }

    private bool MayConfirm(int row, ReadOnlySpan<byte> from)
    {
        if (!context.Settings.Guards)
            return true;
        var accuser = context.Members.Find(from);
        return accuser != MemberTable.None && accuser != row && context.Members[accuser].IsLive;
    }

    private void Settle(Suspicion suspicion)
    {
        if (suspicion.Charged == Suspicion.NotCharged)
            return;
        _credit.Refund(suspicion.Charged);
        suspicion.Charged = Suspicion.NotCharged;
    }

    private void TellDoubt(int row, int accuser) => context.Effects.Add(new ProtocolEvent(EventKind.AccuserDoubted, context.Now)
    {
        Record = context.Members.RecordOf(row),
        Other = accuser == MemberTable.None ? null : context.Members.RecordOf(accuser),
    });
}
