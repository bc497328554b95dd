using System.Numerics;
using System.Runtime.InteropServices;

namespace Rollcall.Gateway.Limiting;

/// <summary>
/// One 64-bit number for each of many clients, in memory that does not grow: a table of sets of eight. In a full set a new client takes the place of the one with the
/// smallest number, which for times is who was away the longest. Many threads read and write without a lock; only who is new takes one.
/// </summary>
internal sealed class ClientTable
{
    private const int Ways = 8;

    private readonly Lock _gate = new();
    private readonly Entry[] _entries;

    /// <param name="capacity">How many clients are remembered at least; a power of two.</param>
    public ClientTable(int capacity)
    {
        if (!BitOperations.IsPow2(capacity) || capacity < Ways)
            throw new ArgumentOutOfRangeException(nameof(capacity), capacity, $"The capacity must be a power of two of at least {Ways}.");
        _entries = new Entry[capacity];
    }

    /// <summary>The number of a client, made with <paramref name="initial"/> when it is new. May become another's at any time: change it by comparing only.</summary>
    /// <param name="client">A hash of who it is.</param>
    /// <param name="initial">The number of somebody new. Larger than that of anybody who may be forgotten.</param>
    public ref long Get(ulong client, long initial)
    {
        // Nobody is 0: that is a place nobody has taken.
        var key = client == 0 ? 1 : client;
        var set = _entries.AsSpan((int)(Spread(key) & (ulong)((_entries.Length / Ways) - 1)) * Ways, Ways);
        foreach (ref var entry in set)
        {
            if (Volatile.Read(ref entry.Key) == key)
                return ref entry.Value;
        }

        return ref Add(set, key, initial);
    }

    // Clients' numbers may be addresses that differ in a few bits only.
    private static ulong Spread(ulong key) => unchecked(key * 0x9E3779B97F4A7C15) >> 32;

    private ref long Add(Span<Entry> set, ulong key, long initial)
    {
        lock (_gate)
        {
            ref var place = ref set[0];
            foreach (ref var entry in set)
            {
                if (entry.Key == key)
                    return ref entry.Value;
                if (entry.Key == 0 || (place.Key != 0 && Volatile.Read(ref entry.Value) < Volatile.Read(ref place.Value)))
                    place = ref entry;
            }

            // In this order: who has found the one before here must not find its number unchanged, and nobody a number that is not theirs yet.
            Volatile.Write(ref place.Key, 0);
            Volatile.Write(ref place.Value, initial);
            Volatile.Write(ref place.Key, key);
            return ref place.Value;
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Entry
    {
        public ulong Key;
        public long Value;
    }
}
