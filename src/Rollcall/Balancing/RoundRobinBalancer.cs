using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rollcall.Balancing;

/// <summary>
/// Smooth weighted round robin. Over one cycle every endpoint is picked exactly in proportion to its weight, and at every moment between
/// it is less than one pick away from its share. Each picker starts at a random place, so that a change does not send every client to the same endpoint.
/// </summary>
internal sealed class RoundRobinBalancer(Random random) : IBalancer
{
    public const string PolicyName = "round-robin";

    private readonly Lock _gate = new();

    public string Name => PolicyName;

    public IEndpointPicker CreatePicker(ReadOnlySpan<BalancedEndpoint> candidates)
    {
        var weights = Weights.Of(candidates);
        uint start;
        lock (_gate)
            start = (uint)random.NextInt64(1L << 32);
        return weights.AreEqual
            ? new CyclePicker(candidates.Length, start)
            : new SchedulePicker(SmoothSchedule.Build(weights.Values), start);
    }

    // A counter of 32 bits starts its cycle anew every four billion picks, that is with one cycle cut short.
    private sealed class CyclePicker(int count, uint start) : IEndpointPicker
    {
        private readonly FastModulo _modulo = new(count);
        private PaddedCounter _next = new(start);

        public int Pick(in PickContext context) => _modulo.Of(_next.Increment());
    }

    private sealed class SchedulePicker(int[] schedule, uint start) : IEndpointPicker
    {
        private readonly FastModulo _modulo = new(schedule.Length);
        private PaddedCounter _next = new(start);

        public int Pick(in PickContext context) => schedule[_modulo.Of(_next.Increment())];
    }

    // Away from the fields that every thread reads: their cache line would otherwise move with every pick.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct PaddedCounter(uint start)
    {
        [FieldOffset(64)]
        private uint _value = start;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public uint Increment() => Interlocked.Increment(ref _value);
    }
}
