using System.Runtime.InteropServices;

namespace Rollcall.Pooling;

/// <summary>
/// The idle connections of one endpoint, without a lock: a place for one on each processor, so that processors that come and go do not pass each other's connections to
/// and fro, and for the others a stack (R. K. Treiber, 1986) with the one used last on top, linked through the slots' own places.
/// </summary>
/// <remarks>
/// The head counts its changes in its upper half, because a slot that was taken and put back in the meantime looks like one that never left, and its
/// <see cref="PoolSlot{T}.Next"/> is out of date. To be fooled, a thread would have to pause for exactly 2^32 changes.
/// </remarks>
internal sealed class IdleStack<T>(PoolSlot<T>?[] slots)
    where T : class
{
    private const int MaxCells = 16;

    // A slot's place plus 1; 0 for none.
    private PaddedLong[]? _cells;
    private PaddedLong _head;

    public bool IsEmpty => Count(1) == 0;

    /// <summary>Puts a slot there. A full fence.</summary>
    public void Push(PoolSlot<T> slot)
    {
        var cells = Volatile.Read(ref _cells) ?? MakeCells();
        ref var cell = ref cells[Thread.GetCurrentProcessorId() & (cells.Length - 1)].Value;
        if (Volatile.Read(ref cell) == 0 && Interlocked.CompareExchange(ref cell, slot.Index + 1, 0) == 0)
            return;
        while (true)
        {
            var head = Volatile.Read(ref _head.Value);
            Volatile.Write(ref slot.Next, (int)(uint)head);
            if (Interlocked.CompareExchange(ref _head.Value, Changed(head, slot.Index + 1), head) == head)
                return;
        }
    }

    /// <summary>Takes one; null when there is none.</summary>
    public PoolSlot<T>? Pop()
    {
        if (Volatile.Read(ref _cells) is not { } cells)
            return null;
        var processor = Thread.GetCurrentProcessorId();
        if (Take(ref cells[processor & (cells.Length - 1)].Value) is { } mine)
            return mine;
        if (PopHead() is { } top)
            return top;
        for (var i = 1; i < cells.Length; i++)
        {
            if (Take(ref cells[(processor + i) & (cells.Length - 1)].Value) is { } another)
                return another;
        }

        return null;
    }

    /// <summary>How many there are, as far as <paramref name="enough"/>; a moment later it may be others.</summary>
    public int Count(int enough)
    {
        if (Volatile.Read(ref _cells) is not { } cells)
            return 0;
        var count = 0;
        for (var i = 0; i < cells.Length && count < enough; i++)
            count += Volatile.Read(ref cells[i].Value) != 0 ? 1 : 0;

        // While it goes on, a slot may have moved elsewhere, and the way from there leads elsewhere: the count ends all the same.
        for (var at = (int)(uint)Volatile.Read(ref _head.Value); at != 0 && count < enough; at = Volatile.Read(ref slots[at - 1]!.Next))
            count++;
        return count;
    }

    private PoolSlot<T>? PopHead()
    {
        while (true)
        {
            var head = Volatile.Read(ref _head.Value);
            var top = (int)(uint)head;
            if (top == 0)
                return null;

            // May have been taken by now; slots are never let go, so that this reads at worst what the exchange then refuses.
            var slot = slots[top - 1]!;
            if (Interlocked.CompareExchange(ref _head.Value, Changed(head, Volatile.Read(ref slot.Next)), head) == head)
                return slot;
        }
    }

    private PoolSlot<T>? Take(ref long cell)
    {
        var place = Volatile.Read(ref cell);
        return place != 0 && Interlocked.CompareExchange(ref cell, 0, place) == place ? slots[place - 1] : null;
    }

    // Most of a large set never has a connection.
    private PaddedLong[] MakeCells()
    {
        var made = new PaddedLong[Math.Min(MaxCells, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount))];
        return Interlocked.CompareExchange(ref _cells, made, null) ?? made;
    }

    private static long Changed(long head, int top) => (long)((((ulong)head >> 32) + 1) << 32 | (uint)top);
}

/// <summary>A number with a cache line of its own on either side, so that who changes another one next to it does not slow it down.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct PaddedLong
{
    [FieldOffset(64)]
    public long Value;
}
