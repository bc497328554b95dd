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
        // Not counted until it may enter: one that is refused must not be in the way of another.
        var underWay = UnderWay;
        while (underWay < max)
        {
            var seen = Interlocked.CompareExchange(ref _underWay, underWay + 1, underWay);
            if (seen == underWay)
                return true;
            underWay = seen;
        }

        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _underWay);
}
