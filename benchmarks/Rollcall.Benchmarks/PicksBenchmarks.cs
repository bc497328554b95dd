using BenchmarkDotNet.Attributes;
using Rollcall.Balancing;

namespace Rollcall.Benchmarks;

/// <summary>
/// One pick of each policy beside what is usually written by hand: a counter and the remainder by the array's length, and a list behind a lock.
/// </summary>
[MemoryDiagnoser]
public class PicksBenchmarks
{
    private const int Picks = 1_000;

    private readonly Lock _gate = new();
    private BalancedEndpoint[] _endpoints = [];
    private List<Endpoint> _list = [];
    private IEndpointPicker _roundRobin = null!;
    private IEndpointPicker _weightedRoundRobin = null!;
    private IEndpointPicker _random = null!;
    private IEndpointPicker _weightedRandom = null!;
    private IEndpointPicker _leastRequests = null!;
    private IEndpointPicker _weightedLeastRequests = null!;
    private int _counter;
    private int _listNext;

    [Params(10, 100, 10_000)]
    public int Endpoints { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _endpoints = PickBenchmarkEndpoints.Make(Endpoints, static _ => 100);
        var weighted = PickBenchmarkEndpoints.Make(Endpoints, static i => 1 + (i * 37 % 100));
        _list = [.. _endpoints.Select(static endpoint => endpoint.Endpoint)];
        var balancers = new Balancers(new Random(1));
        _roundRobin = balancers.Get(Balancers.RoundRobin).CreatePicker(_endpoints);
        _weightedRoundRobin = balancers.Get(Balancers.RoundRobin).CreatePicker(weighted);
        _random = balancers.Get(Balancers.Random).CreatePicker(_endpoints);
        _weightedRandom = balancers.Get(Balancers.Random).CreatePicker(weighted);
        _leastRequests = balancers.Get(Balancers.LeastRequests).CreatePicker(_endpoints);
        _weightedLeastRequests = balancers.Get(Balancers.LeastRequests).CreatePicker(weighted);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Picks, Description = "by hand: counter % n")]
    public int HandWrittenCounter()
    {
        var sum = 0;
        for (var i = 0; i < Picks; i++)
            sum += (int)((uint)Interlocked.Increment(ref _counter) % (uint)_endpoints.Length);
        return sum;
    }

    [Benchmark(OperationsPerInvoke = Picks, Description = "by hand: list and lock")]
    public int HandWrittenLock()
    {
        var sum = 0;
        for (var i = 0; i < Picks; i++)
        {
            lock (_gate)
            {
                _listNext = (_listNext + 1) % _list.Count;
                sum += _list[_listNext].Weight;
            }
        }

        return sum;
    }

    [Target(MaxNanoseconds = 10, MaxBytes = 0)]
    [Benchmark(OperationsPerInvoke = Picks, Description = "round-robin")]
    public int RoundRobin() => PickBenchmarkEndpoints.Run(_roundRobin, Picks);

    [Target(MaxNanoseconds = 10, MaxBytes = 0)]
    [Benchmark(OperationsPerInvoke = Picks, Description = "round-robin, weighted")]
    public int WeightedRoundRobin() => PickBenchmarkEndpoints.Run(_weightedRoundRobin, Picks);

    [Target(MaxBytes = 0)]
    [Benchmark(OperationsPerInvoke = Picks, Description = "random")]
    public int RandomPick() => PickBenchmarkEndpoints.Run(_random, Picks);

    [Target(MaxBytes = 0)]
    [Benchmark(OperationsPerInvoke = Picks, Description = "random, weighted")]
    public int WeightedRandom() => PickBenchmarkEndpoints.Run(_weightedRandom, Picks);

    [Target(MaxNanoseconds = 25, MaxBytes = 0)]
    [Benchmark(OperationsPerInvoke = Picks, Description = "least-requests")]
    public int LeastRequests() => PickBenchmarkEndpoints.Run(_leastRequests, Picks);

    [Target(MaxNanoseconds = 25, MaxBytes = 0)]
    [Benchmark(OperationsPerInvoke = Picks, Description = "least-requests, weighted")]
    public int WeightedLeastRequests() => PickBenchmarkEndpoints.Run(_weightedLeastRequests, Picks);
}

internal static class PickBenchmarkEndpoints
{
    public static BalancedEndpoint[] Make(int count, Func<int, int> weight) =>
        [.. Enumerable.Range(0, count).Select(i => Loaded(new BalancedEndpoint(new Endpoint($"orders-{i}", "10.0.0.1", 8080) { Weight = weight(i) }), i * 7 % 5))];

    public static int Run(IEndpointPicker picker, int count)
    {
        var sum = 0;
        for (var i = 0; i < count; i++)
            sum += picker.Pick(PickContext.None);
        return sum;
    }

    // With something in flight everywhere, or the processor would learn that a comparison always ends the same.
    private static BalancedEndpoint Loaded(BalancedEndpoint endpoint, int requests)
    {
        for (var i = 0; i < requests; i++)
            endpoint.Begin();
        return endpoint;
    }
}
