using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rollcall.Balancing;

/// <summary>
/// A table of a prime number of slots, filled by the endpoints in turn, each taking the next free slot of a permutation of its own; a key belongs to the owner of its slot
/// (Eisenbud et al., "Maglev: a fast and reliable software network load balancer", 2016, section 3.4). With weights, an endpoint has its turn in proportion to its weight.
/// </summary>
internal sealed class MaglevTable
{
    /// <summary>Slots of a set of up to <see cref="MaxSmallSet"/> endpoints, as in the paper.</summary>
    public const int SmallSlots = 65_537;

    /// <summary>Slots of a larger set.</summary>
    public const int LargeSlots = 655_373;

    /// <summary>
    /// The paper asks for a hundred slots for each endpoint, so that shares differ by a percent at most. A good thousand keep down what moves without need when somebody
    /// leaves, which grows with the number of endpoints for a slot: up to a hundred endpoints, at most 1.3 / N of the keys move in all, at two hundred 1.35 / N. Between sets of this size and larger ones nearly all keys move.
    /// </summary>
    public const int MaxSmallSet = 40;

    private readonly int[] _slots;

    public MaglevTable(ReadOnlySpan<BalancedEndpoint> candidates, ReadOnlySpan<int> weights)
    {
        var size = candidates.Length <= MaxSmallSet ? SmallSlots : LargeSlots;
        _slots = new int[size];

        // To find a free slot takes some thirteen looks at random places on average: at bits, which stay in the processor's cache, and not at the table, which does not.
        var taken = new uint[(size + 31) / 32];
        var full = 0;
        foreach (var weight in weights)
            full = Math.Max(full, weight);
        var walks = new Walk[candidates.Length];
        for (var i = 0; i < walks.Length; i++)
        {
            var name = KeyHash.Of(candidates[i].Endpoint.Id);
            walks[i] = new Walk { Next = (int)(name % (uint)size), Step = (int)(KeyHash.Mix(name) % (uint)(size - 1)) + 1 };
        }

        for (var filled = 0; filled < size;)
        {
            for (var i = 0; i < walks.Length && filled < size; i++)
            {
                walks[i].Credit += weights[i];
                if (walks[i].Credit < full)
                    continue;
                walks[i].Credit -= full;
                _slots[walks[i].Take(taken, size)] = i;
                filled++;
            }
        }
    }

    public int Count => _slots.Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Slot(ulong hash) => (int)Math.BigMul(hash, (ulong)_slots.Length, out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Owner(int slot) => _slots[slot];

    public int Next(int slot) => ++slot == _slots.Length ? 0 : slot;

    [StructLayout(LayoutKind.Auto)]
    private struct Walk
    {
        public int Next;
        public int Step;
        public long Credit;

        /// <summary>Takes the next slot of this permutation that is free.</summary>
        public int Take(uint[] taken, int size)
        {
            var (at, step) = (Next, Step);
            while ((taken[at >> 5] & (1u << at)) != 0)
                at = After(at, step, size);
            taken[at >> 5] |= 1u << at;
            Next = After(at, step, size);
            return at;
        }

        // Without a branch, which would go either way at every look.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static int After(int at, int step, int size)
        {
            at += step - size;
            return at + (size & (at >> 31));
        }
    }
}
