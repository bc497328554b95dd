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
        _slots.AsSpan().Fill(-1);
        var full = 0;
        foreach (var weight in weights)
            full = Math.Max(full, weight);
        var walks = new Walk[candidates.Length];
        for (var i = 0; i < walks.Length; i++)
        {
            var name = KeyHash.Of(candidates[i].Endpoint.Id);
            walks[i] = new Walk { Next = (int)(name % (uint)size), Step = (int)(KeyHash.Mix(name) % (uint)(size - 1)) + 1 };
        }

        for (var taken = 0; taken < size;)
        {
            for (var i = 0; i < walks.Length && taken < size; i++)
            {
                walks[i].Credit += weights[i];
                if (walks[i].Credit < full)
                    continue;
                walks[i].Credit -= full;
                Take(ref walks[i], i);
                taken++;
            }
        }
    }

    public int Count => _slots.Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Slot(ulong hash) => (int)Math.BigMul(hash, (ulong)_slots.Length, out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Owner(int slot) => _slots[slot];

    public int Next(int slot) => ++slot == _slots.Length ? 0 : slot;

    private void Take(ref Walk walk, int owner)
    {
        while (_slots[walk.Next] >= 0)
            walk.Advance(_slots.Length);
        _slots[walk.Next] = owner;
        walk.Advance(_slots.Length);
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Walk
    {
        public int Next;
        public int Step;
        public long Credit;

        public void Advance(int size)
        {
            Next += Step;
            if (Next >= size)
                Next -= size;
        }
    }
}
