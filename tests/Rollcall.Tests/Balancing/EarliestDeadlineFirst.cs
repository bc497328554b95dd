namespace Rollcall.Tests.Balancing;

/// <summary>A cycle of picks as the paper has it, each endpoint by itself: the oracle of the schedule that takes those of equal weight together.</summary>
internal static class EarliestDeadlineFirst
{
    public static int[] Schedule(int[] slots)
    {
        var length = slots.Sum();
        var schedule = new int[length];
        var served = new int[slots.Length];
        for (var time = 0; time < length; time++)
        {
            var next = Enumerable.Range(0, slots.Length)
                .Where(i => served[i] < slots[i] && (long)served[i] * length / slots[i] <= time)
                .MinBy(i => ((((served[i] + 1L) * length) + slots[i] - 1) / slots[i], i));
            schedule[time] = next;
            served[next]++;
        }

        return schedule;
    }
}
