namespace Rollcall.Gossip.Protocol;

/// <summary>
/// What each accuser may still open suspicions with. To open one costs a point, which comes back when somebody else confirms it or the suspect dies; what is refuted is lost, and grows back slowly.
/// So one sick member cannot keep the whole cluster refuting, and one that is right never runs out. Nothing depends on being believed: others probe as well.
/// </summary>
internal sealed class AccuserCredit(long refillInterval)
{
    public const int Points = 8;

    /// <summary>Accusers nobody here knows share one credit, so that made-up names gain nothing.</summary>
    public const int Unknown = MemberTable.None;

    private readonly Dictionary<int, (int Spent, long Since)> _spent = [];

    public bool TrySpend(int accuser, long now)
    {
        var spent = Spent(accuser, now, out var since);
        if (spent >= Points)
            return false;
        _spent[accuser] = (spent + 1, spent == 0 ? now : since);
        return true;
    }

    public bool IsExhausted(int accuser, long now) => Spent(accuser, now, out _) >= Points;

    public void Refund(int accuser)
    {
        if (!_spent.TryGetValue(accuser, out var known))
            return;
        if (known.Spent <= 1)
            _spent.Remove(accuser);
        else
            _spent[accuser] = known with { Spent = known.Spent - 1 };
    }

    public void Forget(int accuser) => _spent.Remove(accuser);

    private int Spent(int accuser, long now, out long since)
    {
        since = now;
        if (!_spent.TryGetValue(accuser, out var known))
            return 0;
        var grown = (now - known.Since) / refillInterval;
        since = known.Since + (grown * refillInterval);
        return (int)Math.Max(0, known.Spent - grown);
    }
}
