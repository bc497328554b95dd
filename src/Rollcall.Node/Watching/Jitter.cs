namespace Rollcall.Node.Watching;

/// <summary>Spreads the ends of waits, so that those who began together do not come back together. Thread-safe.</summary>
internal sealed class Jitter(Random random)
{
    private readonly Lock _gate = new();

    /// <summary>The wait, up to a sixteenth longer.</summary>
    public TimeSpan Lengthen(TimeSpan wait)
    {
        lock (_gate)
            return wait + TimeSpan.FromTicks(random.NextInt64((wait.Ticks / 16) + 1));
    }
}
