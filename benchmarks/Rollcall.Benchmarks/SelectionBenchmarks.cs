using BenchmarkDotNet.Attributes;
using Rollcall.Balancing;

namespace Rollcall.Benchmarks;

/// <summary>
/// A pick as an HTTP client or the gateway makes it, with every filter at work: three zones of which the own one is too small, so that it spills over; one endpoint ejected, one
/// in slow start. Keys are those of so many sessions that the processor cannot learn where each goes.
/// </summary>
[MemoryDiagnoser]
[WarmupCount(3)]
[IterationCount(10)]
[IterationTime(200)]
public class SelectionBenchmarks
{
    private const int Picks = 65_536;

    private readonly PickContext[] _keys = [.. Enumerable.Range(0, Picks).Select(static i => PickContext.ForKey($"session-{i}"))];
    private readonly PickContext[] _noKeys = new PickContext[Picks];
    private Selection<SelectionFixture.Item> _peakEwma = null!;
    private Selection<SelectionFixture.Item> _leastRequests = null!;
    private Selection<SelectionFixture.Item> _roundRobin = null!;
    private Selection<SelectionFixture.Item> _ringHash = null!;
    private Selection<SelectionFixture.Item> _maglev = null!;

    [Params(100)]
    public int Endpoints { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var fixture = new SelectionFixture(Endpoints);
        var set = fixture.Set(1, isReady: true);
        fixture.Load(set);
        _peakEwma = fixture.Build(Balancers.PeakEwma, set, null);
        _leastRequests = fixture.Build(Balancers.LeastRequests, set, null);
        _roundRobin = fixture.Build(Balancers.RoundRobin, set, null);
        _ringHash = fixture.Build(Balancers.RingHash, set, null);
        _maglev = fixture.Build(Balancers.Maglev, set, null);
    }

    [Target(MaxNanoseconds = 40, MaxBytes = 0)]
    [Benchmark(OperationsPerInvoke = Picks, Description = "pick through the filters: peak-ewma")]
    public int PeakEwma() => Run(_peakEwma, _noKeys);

    [Target(MaxNanoseconds = 40, MaxBytes = 0)]
    [Benchmark(OperationsPerInvoke = Picks, Description = "pick through the filters: ring-hash")]
    public int RingHash() => Run(_ringHash, _keys);

    [Target(MaxBytes = 0)]
    [Benchmark(OperationsPerInvoke = Picks, Description = "pick through the filters: maglev")]
    public int Maglev() => Run(_maglev, _keys);

    [Target(MaxBytes = 0)]
    [Benchmark(OperationsPerInvoke = Picks, Description = "pick through the filters: least-requests")]
    public int LeastRequests() => Run(_leastRequests, _noKeys);

    [Target(MaxBytes = 0)]
    [Benchmark(OperationsPerInvoke = Picks, Description = "pick through the filters: round-robin")]
    public int RoundRobin() => Run(_roundRobin, _noKeys);

    private static int Run(Selection<SelectionFixture.Item> selection, PickContext[] contexts)
    {
        var sum = 0;
        foreach (ref readonly var context in contexts.AsSpan())
            sum += selection.Pick(context, tried: null)!.Number;
        return sum;
    }
}
