using BenchmarkDotNet.Attributes;
using Rollcall.Balancing;

namespace Rollcall.Benchmarks;

/// <summary>Picks from two threads at once. The time is per pick of one thread: equal to that of one thread alone when they do not disturb each other.</summary>
[MemoryDiagnoser]
public class PicksThreadsBenchmarks : IDisposable
{
    private const int Threads = 2;
    private const int Picks = 1_000_000;

    private readonly Lock _gate = new();
    private readonly Barrier _start = new(Threads);
    private BalancedEndpoint[] _endpoints = [];
    private Balancers _balancers = null!;
    private IEndpointPicker _picker = null!;
    private int _counter;
    private int _listNext;

    [Params(10, 100, 10_000)]
    public int Endpoints { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _endpoints = PickBenchmarkEndpoints.Make(Endpoints, static _ => 100);
        _balancers = new Balancers(new Random(1));
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Picks, Description = "by hand: counter % n, 2 threads")]
    public void HandWrittenCounter() => OnBoth(() =>
    {
        var sum = 0;
        for (var i = 0; i < Picks; i++)
            sum += (int)((uint)Interlocked.Increment(ref _counter) % (uint)_endpoints.Length);
        return sum;
    });

    [Benchmark(OperationsPerInvoke = Picks, Description = "by hand: list and lock, 2 threads")]
    public void HandWrittenLock() => OnBoth(() =>
    {
        var sum = 0;
        for (var i = 0; i < Picks; i++)
        {
            lock (_gate)
            {
                _listNext = (_listNext + 1) % _endpoints.Length;
                sum += _endpoints[_listNext].Endpoint.Weight;
            }
        }

        return sum;
    });

    [Benchmark(OperationsPerInvoke = Picks, Description = "round-robin, 2 threads")]
    public void RoundRobin() => OnBoth(Balancers.RoundRobin);

    [Benchmark(OperationsPerInvoke = Picks, Description = "random, 2 threads")]
    public void RandomPick() => OnBoth(Balancers.Random);

    [Benchmark(OperationsPerInvoke = Picks, Description = "least-requests, 2 threads")]
    public void LeastRequests() => OnBoth(Balancers.LeastRequests);

    [GlobalCleanup]
    public void Dispose()
    {
        _start.Dispose();
        GC.SuppressFinalize(this);
    }

    private void OnBoth(string policy)
    {
        _picker ??= _balancers.Get(policy).CreatePicker(_endpoints);
        OnBoth(() => PickBenchmarkEndpoints.Run(_picker, Picks));
    }

    private void OnBoth(Func<int> work)
    {
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
