using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rollcall.Balancing;

/// <summary>
/// A weighted draw in constant time: Walker's alias method with Vose's construction (1991). Every column holds one index and, above a threshold,
/// a second one; half of the random bits choose the column, the other half the side.
/// </summary>
internal sealed class AliasTable
{
    private readonly Column[] _columns;

    public AliasTable(ReadOnlySpan<int> weights)
    {
        _columns = new Column[weights.Length];
        long total = 0;
        foreach (var weight in weights)
            total += weight;

        // Integers scaled by the number of columns: a column is full at the total, and nothing is lost to rounding before the end.
        var filled = new long[weights.Length];

        // Two stacks in one array: who has too little from its start on, who has enough from its end on.
        var waiting = new int[weights.Length];
        var (small, large) = (0, waiting.Length);
        for (var i = 0; i < weights.Length; i++)
        {
            filled[i] = (long)weights[i] * weights.Length;
            waiting[filled[i] < total ? small++ : --large] = i;
        }

        while (small > 0)
        {
            var (low, high) = (waiting[--small], waiting[large]);
            _columns[low] = new Column(Threshold(filled[low], total), low, high);
            filled[high] -= total - filled[low];
            if (filled[high] >= total)
                continue;
            large++;
            waiting[small++] = high;
        }

        foreach (var full in waiting.AsSpan(large))
            _columns[full] = new Column(uint.MaxValue, full, full);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Draw(ulong bits)
    {
        ref readonly var column = ref _columns[StripedRandom.Scale((uint)(bits >> 32), _columns.Length)];

        // All ones when the bits lie below the threshold. A branch here would be mispredicted as often as it is random.
        var below = (int)(((long)(uint)bits - column.Threshold) >> 63);
        return column.Alias ^ ((column.Alias ^ column.Index) & below);
    }

    // 128 bits are for totals that hardly anybody has: a division of so many takes longer than all the rest.
    private static uint Threshold(long filled, long total) =>
        total <= uint.MaxValue ? (uint)(((ulong)filled << 32) / (ulong)total) : (uint)(((UInt128)(ulong)filled << 32) / (ulong)total);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Column(uint Threshold, int Index, int Alias);
}
