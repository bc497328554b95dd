using BenchmarkDotNet.Attributes;
using Rollcall.Balancing;

namespace Rollcall.Benchmarks;

/// <summary>
/// What a change costs: a snapshot in which one endpoint of a large set has become ready, or is so no more, is merged with what is known, filtered (slow start, a zone that spills over,
/// readiness) and made ready to pick from. Once per change and policy in use, off the request path.
/// </summary>
[MemoryDiagnoser]
[WarmupCount(3)]
[IterationCount(10)]
[IterationTime(200)]
public class SelectionRebuildBenchmarks
{
    private readonly EndpointSet[] _sets = new EndpointSet[2];
    private EndpointSet[] _read = [];
    private SelectionFixture _fixture = null!;
    private Selection<SelectionFixture.Item>? _before;
    private int _changes;

    [Params(100, 10_000)]
    public int Endpoints { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _fixture = new SelectionFixture(Endpoints);
        _sets[0] = _fixture.Set(1, isReady: true);
        _sets[1] = _fixture.Set(1, isReady: false);
        _read = [SelectionFixture.ReadAnew(_sets[0]), SelectionFixture.ReadAnew(_sets[1])];
        _fixture.Load(_sets[0]);
        _before = null;
    }

    [Target(MaxNanoseconds = 2_000_000)]
    [Benchmark(Description = "rebuild after a change: peak-ewma")]
    public int PeakEwma() => Change(Balancers.PeakEwma);

    [Target(MaxNanoseconds = 2_000_000)]
    [Benchmark(Description = "rebuild after a change: peak-ewma, from a source that reads every endpoint anew")]
    public int PeakEwmaReadAnew() => Change(Balancers.PeakEwma, _read);

    [Target(MaxNanoseconds = 2_000_000)]
    [Benchmark(Description = "rebuild after a change: least-requests")]
    public int LeastRequests() => Change(Balancers.LeastRequests);

    [Benchmark(Description = "rebuild after a change: round-robin")]
    public int RoundRobin() => Change(Balancers.RoundRobin);

    [Benchmark(Description = "rebuild after a change: ring-hash")]
    public int RingHash() => Change(Balancers.RingHash);

    [Benchmark(Description = "rebuild after a change: maglev")]
    public int Maglev() => Change(Balancers.Maglev);

    private int Change(string policy) => Change(policy, _sets);

    private int Change(string policy, EndpointSet[] sets)
    {
        _before = _fixture.Build(policy, sets[++_changes & 1], _before);
        return _before.Count;
    }
}
