namespace Rollcall.Balancing;

/// <summary>The candidates that a key has met on its walk, each once. On the stack: the walk is short.</summary>
internal ref struct KeyOrder(Span<int> places)
{
    /// <summary>How far an order is followed. Should so many be overloaded, tried or avoided, affinity is the lesser worry.</summary>
    public const int MaxTurns = 32;

    private readonly Span<int> _places = places;

    public int Count { get; private set; }

    public readonly ReadOnlySpan<int> Seen => _places[..Count];

    /// <summary>True when it was not met before.</summary>
    public bool Add(int candidate)
    {
        if (Seen.Contains(candidate))
            return false;
        _places[Count++] = candidate;
        return true;
    }
}
