using System.Collections.Immutable;

namespace Rollcall.Pooling;

/// <summary>Counts the connections of a pool while it goes on.</summary>
internal sealed class PoolCensus
{
    private readonly int[] _uses = new int[Enum.GetValues<SlotUse>().Length];
    private int _rented;
    private TimeSpan _oldest;

    public static ConnectionCounts None { get; } = new(0, 0, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The statistics with its connections counted.</summary>
    public static ConnectionPoolStatistics Take<T>(
        ImmutableArray<PoolSlot<T>> slots, ImmutableArray<EndpointConnections<T>> homes, TimeProvider time, ConnectionPoolStatistics statistics)
        where T : class
    {
        var now = time.GetTimestamp();
        var all = new PoolCensus();
        var each = homes.ToDictionary(static home => home, static _ => new PoolCensus());
        foreach (var slot in slots)
        {
            var use = slot.Use;
            if (use == SlotUse.Free || slot.Home is not { } home)
                continue;
            var age = use == SlotUse.Opening && !slot.IsRented ? TimeSpan.Zero : time.GetElapsedTime(slot.OpenedAt, now);
            if (!each.TryGetValue(home, out var census))
                each[home] = census = new PoolCensus();
            census.Count(use, slot.IsRented, age);
            all.Count(use, slot.IsRented, age);
        }

        return statistics with
        {
            Connections = all.Counts,
            Endpoints =
            [
                .. each
                    .Select(static pair => new EndpointPoolStatistics(pair.Key.Endpoint.Endpoint, pair.Key.IsRetired, pair.Value.Counts, pair.Key.Failures))
                    .OrderBy(static endpoint => endpoint.Endpoint.Id, StringComparer.Ordinal),
            ],
        };
    }

    private ConnectionCounts Counts =>
        new(_uses[(int)SlotUse.Idle], _rented, _uses[(int)SlotUse.Opening], _uses[(int)SlotUse.Checking], _uses[(int)SlotUse.Closing], _oldest);

    // A rented connection says of itself what it was before.
    private void Count(SlotUse use, bool isRented, TimeSpan age)
    {
        if (isRented)
            _rented++;
        else
            _uses[(int)use]++;
        if (age > _oldest)
            _oldest = age;
    }
}
