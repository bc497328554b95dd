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
        var order = Peers.Of(slots, length);
        Array.Sort(order, Peers.Compare);
        for (var time = 0; time < length; time++)
        {
            var at = 0;
            while (order[at].Release > time)
                at++;
            var next = order[at];
            schedule[time] = next.Take();
            for (; at + 1 < order.Length && Peers.Compare(order[at + 1], next) < 0; at++)
                order[at] = order[at + 1];
            order[at] = next;
        }

        return schedule;
    }

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
        var remainders = new long[weights.Length];
        var indexes = new int[weights.Length];
        var left = free;
        for (var i = 0; i < slots.Length; i++)
        {
            var share = (long)weights[i] * free;
            slots[i] = (int)(share / total) + (weights[i] > 0 ? 1 : 0);
            remainders[i] = -(share % total);
            indexes[i] = i;
            left -= (int)(share / total);
        }

        Array.Sort(remainders, indexes);
        for (var i = 0; i < left; i++)
            slots[indexes[i]]++;
        return slots;
    }

    /// <summary>
    /// Endpoints with equally many slots. Their k-th picks have one window, which they use in the order of their index; so it is enough to compare one of each number, of
    /// which there are few: ten thousand endpoints of two zones have two weights, and no cycle has room for more than √(2 × length).
    /// </summary>
    private sealed class Peers(int slots, int length)
    {
        private readonly List<int> _members = [];
        private int _turn;
        private int _served;

        /// <summary>From when on the next pick may fall.</summary>
        public long Release { get; private set; }

        private long Deadline { get; set; } = DeadlineOf(0, slots, length);

        public static Peers[] Of(int[] slots, int length)
        {
            var bySlots = new Dictionary<int, Peers>();
            for (var i = 0; i < slots.Length; i++)
            {
                if (slots[i] <= 0)
                    continue;
                if (!bySlots.TryGetValue(slots[i], out var peers))
                    bySlots.Add(slots[i], peers = new Peers(slots[i], length));
                peers._members.Add(i);
            }

            return [.. bySlots.Values];
        }

        /// <summary>Picks whose turn it is.</summary>
        public int Take()
        {
            var taken = _members[_turn];
            if (++_turn < _members.Count)
                return taken;
            _turn = 0;
            _served++;
            (Release, Deadline) = _served < slots ? ((long)_served * length / slots, DeadlineOf(_served, slots, length)) : (long.MaxValue, long.MaxValue);
            return taken;
        }

        /// <summary>Whose next pick comes first.</summary>
        public static int Compare(Peers a, Peers b) =>
            a.Deadline != b.Deadline ? a.Deadline.CompareTo(b.Deadline) : a._members[a._turn].CompareTo(b._members[b._turn]);

        private static long DeadlineOf(long pick, long slots, long length) => (((pick + 1) * length) + slots - 1) / slots;
    }
}
