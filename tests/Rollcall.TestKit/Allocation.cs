namespace Rollcall.TestKit;

/// <summary>How much code allocates on the thread it runs on.</summary>
public static class Allocation
{
    private const int Rounds = 10;

    /// <summary>The bytes that <paramref name="action"/> allocates whenever it is run.</summary>
    public static long Of(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        return Of(static () => 0, _ => action());
    }

    /// <summary>As above, each time with what <paramref name="prepare"/> makes anew: for what takes memory once and keeps it.</summary>
    /// <remarks>
    /// The least of several rounds. What the runtime itself allocates or counts on this thread now and then, because code is run for the first time or the heap is collected, is not the
    /// code's; and when it does depends on which tests have run before and which run beside.
    /// </remarks>
    public static long Of<T>(Func<T> prepare, Action<T> action)
    {
        ArgumentNullException.ThrowIfNull(prepare);
        ArgumentNullException.ThrowIfNull(action);
        var least = long.MaxValue;
        for (var round = 0; round < Rounds && least > 0; round++)
        {
            var prepared = prepare();
            var before = GC.GetAllocatedBytesForCurrentThread();
            action(prepared);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
