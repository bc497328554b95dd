using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Rollcall.Watching;

namespace Rollcall.Pooling;

/// <summary>What the pools of this process do. <c>rollcall.pool</c> is a pool's name, of which there are as many as somebody has written into the application.</summary>
internal sealed class PoolMetrics
{
    private const string PoolTag = "rollcall.pool";

    private readonly ConcurrentDictionary<object, (string Name, Func<ConnectionPoolStatistics> Read)> _pools = new();
    private readonly Counter<long> _opened;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _failures;
    private readonly Histogram<double> _connects;
    private readonly Histogram<double> _waits;

    public PoolMetrics(IMeterFactory? meters)
    {
        // Without a factory the meter has no listener and costs nothing.
        var meter = meters?.Create(WatchMetrics.MeterName) ?? new Meter(WatchMetrics.MeterName);
        meter.CreateObservableUpDownCounter("rollcall.pool.connections", Connections, "{connection}", "Connections of pools, by what they are doing.");
        meter.CreateObservableUpDownCounter("rollcall.pool.waiters", Waiters, "{waiter}", "Callers that wait for a connection.");
        meter.CreateObservableGauge("rollcall.pool.connection.age", Ages, "s", "The age of a pool's oldest connection; 0 when it has none.");
        _opened = meter.CreateCounter<long>("rollcall.pool.connections.opened", "{connection}", "Connections opened.");
        _closed = meter.CreateCounter<long>("rollcall.pool.connections.closed", "{connection}", "Connections closed, by reason.");
        _failures = meter.CreateCounter<long>("rollcall.pool.failures", "{failure}", "Connects, checks and rentals that failed.");
        _connects = meter.CreateHistogram<double>("rollcall.pool.connect.duration", "s", "Time to make a connection.");
        _waits = meter.CreateHistogram<double>("rollcall.pool.wait.duration", "s", "Time that callers waited because there was no connection to be had.");
    }

    public void Add(object pool, string name, Func<ConnectionPoolStatistics> read) => _pools[pool] = (name, read);

    public void Remove(object pool) => _pools.TryRemove(pool, out _);

    public void Opened(string pool, TimeSpan took)
    {
        _opened.Add(1, Tag(pool));
        _connects.Record(took.TotalSeconds, Tag(pool));
    }

    public void Closed(string pool, CloseReason reason) => _closed.Add(1, Tag(pool), new("rollcall.reason", reason switch
    {
        CloseReason.Idle => "idle",
        CloseReason.Lifetime => "lifetime",
        CloseReason.Unusable => "unusable",
        CloseReason.Failed => "failed",
        CloseReason.Discarded => "discarded",
        CloseReason.Retired => "retired",
        CloseReason.Replaced => "replaced",
        _ => "disposed",
    }));

    public void ConnectFailed(string pool) => Failed(pool, "connect");

    public void CheckFailed(string pool) => Failed(pool, "check");

    public void RentalFailed(string pool) => Failed(pool, "rental");

    public void Waited(string pool, TimeSpan time) => _waits.Record(time.TotalSeconds, Tag(pool));

    private void Failed(string pool, string operation) => _failures.Add(1, Tag(pool), new("rollcall.operation", operation));

    private static KeyValuePair<string, object?> Tag(string pool) => new(PoolTag, pool);

    private IEnumerable<Measurement<int>> Connections()
    {
        foreach (var (name, read) in _pools.Values)
        {
            var counts = read().Connections;
            yield return Of(name, "idle", counts.Idle);
            yield return Of(name, "in-use", counts.InUse);
            yield return Of(name, "opening", counts.Opening);
            yield return Of(name, "checking", counts.Checking);
            yield return Of(name, "closing", counts.Closing);
        }

        static Measurement<int> Of(string name, string state, int count) => new(count, Tag(name), new("rollcall.pool.state", state));
    }

    private IEnumerable<Measurement<int>> Waiters() => _pools.Values.Select(static pool => new Measurement<int>(pool.Read().Waiters, Tag(pool.Name)));

    private IEnumerable<Measurement<double>> Ages() =>
        _pools.Values.Select(static pool => new Measurement<double>(pool.Read().Connections.OldestAge.TotalSeconds, Tag(pool.Name)));
}
