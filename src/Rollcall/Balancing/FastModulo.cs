using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rollcall.Balancing;

/// <summary>
/// The remainder by a divisor known in advance, in two multiplications: Lemire, Kaser and Kurz, "Faster remainder by direct computation" (2019),
/// section 3.2. Exact for every 32-bit value.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct FastModulo
{
    private readonly ulong _reciprocal;
    private readonly uint _divisor;

    public FastModulo(int divisor)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(divisor);
        _divisor = (uint)divisor;
        _reciprocal = unchecked((ulong.MaxValue / _divisor) + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Of(uint value) => (int)Math.BigMul(unchecked(_reciprocal * value), _divisor, out _);
}
