using System.Collections.Concurrent;
using System.Threading.Channels;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Rollcall.Pooling;

namespace Rollcall.Benchmarks;

/// <summary>
/// Rent and return of a warm connection, beside what is usually written by hand: a bag or a channel of connections to one endpoint. By hand nothing is chosen, limited,
/// checked or counted. With two threads the time is per rental of one thread.
/// </summary>
[MemoryDiagnoser]
public class PoolBenchmarks : IDisposable
{
    private const int Rentals = 200_000;

    private readonly Barrier _start = new(2);
    private readonly ConcurrentBag<object> _bag = [];
    private readonly Channel<object> _channel = Channel.CreateUnbounded<object>();
    private ServiceProvider _provider = null!;
    private ServiceConnectionPool<object> _pool = null!;
    private ServiceConnectionPool<object> _keyed = null!;

    [Params(1, 2)]
    public int Threads { get; set; }

    [Params(1, 10)]
    public int Endpoints { get; set; }

    // Nobody waits for a setup that is a task.
    [GlobalSetup]
    public void Setup() => SetupAsync().GetAwaiter().GetResult();

    private async Task SetupAsync()
    {
        _provider = new ServiceCollection().AddRollcall().BuildServiceProvider();
        _pool = await WarmAsync("peak-ewma");
        _keyed = await WarmAsync("ring-hash");
        for (var i = 0; i < 4; i++)
        {
            _bag.Add(new object());
            _channel.Writer.TryWrite(new object());
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Rentals, Description = "by hand: ConcurrentBag")]
    public void Bag() => OnEach(() =>
    {
        for (var i = 0; i < Rentals; i++)
        {
            _bag.TryTake(out var connection);
            _bag.Add(connection!);
        }
    });

    [Benchmark(OperationsPerInvoke = Rentals, Description = "by hand: Channel")]
    public void OfChannel() => OnEach(() =>
    {
        for (var i = 0; i < Rentals; i++)
        {
            _channel.Reader.TryRead(out var connection);
            _channel.Writer.TryWrite(connection!);
        }
    });

    [Target(MaxNanoseconds = 250, MaxBytes = 0)]
    [Benchmark(OperationsPerInvoke = Rentals, Description = "pool: rent and return")]
    public void Pool() => OnEach(() =>
    {
        for (var i = 0; i < Rentals; i++)
        {
            var renting = _pool.RentAsync();
            if (!renting.IsCompletedSuccessfully)
                throw new InvalidOperationException("The pool was not warm.");
            renting.GetAwaiter().GetResult().Dispose();
        }
    });

    [Target(MaxNanoseconds = 250, MaxBytes = 0)]
    [Benchmark(OperationsPerInvoke = Rentals, Description = "pool: the same by key, ring hash")]
    public void Keyed() => OnEach(() =>
    {
        for (var i = 0; i < Rentals; i++)
        {
            var renting = _keyed.RentAsync(PickContext.ForKey("customer-7"));
            if (!renting.IsCompletedSuccessfully)
                throw new InvalidOperationException("The pool was not warm.");
            renting.GetAwaiter().GetResult().Dispose();
        }
    });

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _pool.DisposeAsync();
        await _keyed.DisposeAsync();
        await _provider.DisposeAsync();
    }

    public void Dispose()
    {
        _start.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task<ServiceConnectionPool<object>> WarmAsync(string balancer)
    {
        var pool = _provider.GetRequiredService<ServiceConnectionPoolFactory>().Create<object>(
            "static:///" + string.Join(',', Enumerable.Range(1, Endpoints).Select(static i => $"10.0.0.{i}:5900")),
            new() { ConnectAsync = static (_, _) => ValueTask.FromResult(new object()) },
            options => (options.Balancer, options.MinIdlePerEndpoint) = (balancer, 2));
        while (pool.GetStatistics().Connections.Idle < 2 * Endpoints)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        return pool;
    }

    private void OnEach(Action work)
    {
        if (Threads == 1)
        {
            work();
            return;
        }

        var other = new Thread(() =>
        {
            _start.SignalAndWait();
            work();
        });
        other.Start();
        _start.SignalAndWait();
        work();
        other.Join();
    }
}
