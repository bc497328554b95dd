namespace Rollcall.Gossip.Protocol;

/// <summary>
/// Members that keep being suspected and coming back: slow, not dead. After <see cref="Free"/> times each further one makes its suspicions one time longer, up to <see cref="MaxFactor"/>;
/// the count halves with every <paramref name="halfLife"/>.
/// </summary>
internal sealed class FlapDamping(long halfLife)
{
    public const int Free = 2;
    public const int MaxFactor = 4;

    private readonly Dictionary<int, (int Flaps, long Since)> _flaps = [];

    /// <summary>True where the member has begun to count as flapping with this.</summary>
    public bool Note(int member, long now)
    {
        var flaps = Math.Min(Flaps(member, now, out var since), Free + MaxFactor) + 1;
        _flaps[member] = (flaps, flaps == 1 ? now : since);
        return flaps == Free + 1;
    }

    /// <summary>How many times longer a suspicion of the member lasts.</summary>
    public int Factor(int member, long now) => Math.Clamp(1 + Flaps(member, now, out _) - Free, 1, MaxFactor);

    public void Forget(int member) => _flaps.Remove(member);

    private int Flaps(int member, long now, out long since)
    {
        since = now;
        if (!_flaps.TryGetValue(member, out var known))
            return 0;
        var halvings = (now - known.Since) / halfLife;
        since = known.Since + (halvings * halfLife);
        var left = halvings > 16 ? 0 : known.Flaps >> (int)halvings;
        if (left == 0)
            _flaps.Remove(member);
        return left;
    }
}
