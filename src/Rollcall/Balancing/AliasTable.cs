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
        var small = new Stack<int>();
        var large = new Stack<int>();
        for (var i = 0; i < weights.Length; i++)
        {
            filled[i] = (long)weights[i] * weights.Length;
            (filled[i] < total ? small : large).Push(i);
        }

        while (small.TryPop(out var low))
        {
            var high = large.Peek();
            _columns[low] = new Column(Threshold(filled[low], total), low, high);
            filled[high] -= total - filled[low];
            if (filled[high] < total)
                small.Push(large.Pop());
        }

        foreach (var full in large)
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

    private static uint Threshold(long filled, long total) => (uint)(((UInt128)(ulong)filled << 32) / (ulong)total);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Column(uint Threshold, int Index, int Alias);
}
