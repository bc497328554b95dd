namespace Rollcall.Gateway.Limiting;

/// <summary>How many requests of a route may be under way. Who is too many is refused at once.</summary>
internal sealed class ConcurrencyLimit(int max)
{
    private int _underWay;

    public int Max => max;

    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>False when there are too many. Pair a true one with <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _underWay) <= max)
            return true;
        Interlocked.Decrement(ref _underWay);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _underWay);
}
