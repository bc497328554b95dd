namespace Rollcall.Balancing;

/// <summary>
/// A cycle of picks in which every endpoint occurs in proportion to its weight, spread as evenly as can be. The k-th pick of an endpoint with the share p
/// may fall only between floor(k / p) and ceil((k + 1) / p); serving the earliest deadline first always meets these windows, so that no endpoint is
/// ever a whole pick ahead of or behind its share (Baruah, Cohen, Plaxton and Varvel, "Proportionate progress", 1996).
/// </summary>
internal static class SmoothSchedule
{
    /// <summary>
    /// A cycle is exact up to this length: the sum of the weights in lowest terms, hence always up to 655 endpoints. A longer one is shortened to this, or
    /// to <see cref="MinSlotsPerEndpoint"/> per endpoint if that is more; a share is then rounded to whole picks of the cycle, at least one.
    /// </summary>
    public const int MaxSlots = 65_536;

    public const int MinSlotsPerEndpoint = 16;

    public static int[] Build(ReadOnlySpan<int> weights)
    {
        var slots = Apportion(weights);
        var length = slots.Sum();
        var schedule = new int[length];
        var releases = new PriorityQueue<int, long>(weights.Length);
        var eligible = new PriorityQueue<int, (long Deadline, int Index)>(weights.Length);
        var served = new int[weights.Length];
        for (var i = 0; i < slots.Length; i++)
        {
            if (slots[i] > 0)
                releases.Enqueue(i, 0);
        }

        for (var time = 0; time < length; time++)
        {
            while (releases.TryPeek(out var released, out var at) && at <= time)
            {
                releases.Dequeue();
                eligible.Enqueue(released, (Deadline(served[released], slots[released], length), released));
            }

            var next = eligible.Dequeue();
            schedule[time] = next;
            if (++served[next] < slots[next])
                releases.Enqueue(next, (long)served[next] * length / slots[next]);
        }

        return schedule;
    }

    private static long Deadline(long pick, long slots, long length) => (((pick + 1) * length) + slots - 1) / slots;

    // Largest remainders (Hamilton's method), after one slot for everyone who has a weight at all.
    private static int[] Apportion(ReadOnlySpan<int> weights)
    {
        long total = 0;
        var positive = 0;
        foreach (var weight in weights)
        {
            total += weight;
            positive += weight > 0 ? 1 : 0;
        }

        var limit = Math.Max(MaxSlots, MinSlotsPerEndpoint * positive);
        if (total <= limit)
            return weights.ToArray();

        var free = limit - positive;
        var slots = new int[weights.Length];
        var remainders = new (long Remainder, int Index)[weights.Length];
        var left = free;
        for (var i = 0; i < slots.Length; i++)
        {
            var share = (long)weights[i] * free;
            slots[i] = (int)(share / total) + (weights[i] > 0 ? 1 : 0);
            remainders[i] = (-(share % total), i);
            left -= (int)(share / total);
        }

        Array.Sort(remainders);
        for (var i = 0; i < left; i++)
            slots[remainders[i].Index]++;
        return slots;
    }
}
