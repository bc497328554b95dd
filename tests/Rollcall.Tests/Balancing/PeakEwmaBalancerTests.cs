using Rollcall.Balancing;
using Rollcall.Health;
using Rollcall.TestKit;

namespace Rollcall.Tests.Balancing;

public sealed class PeakEwmaBalancerTests
{
    private readonly VirtualTime _time = new();
    private readonly PeakEwmaBalancer _balancer;

    public PeakEwmaBalancerTests() => _balancer = new(new StripedRandom(new Random(1), 1), _time);

    [Fact]
    public void Pick_NothingIsKnown_IsAsLeastRequests()
    {
        var leastRequests = new LeastRequestsBalancer(new StripedRandom(new Random(1), 1));
        for (var seed = 1; seed <= 20; seed++)
        {
            var random = new Random(seed);
            var candidates = Make.Weighted([.. Enumerable.Repeat(100, random.Next(1, 20))]);
            foreach (var candidate in candidates)
                Begin(candidate, random.Next(5));

            Assert.Equal(Make.Picks(leastRequests.CreatePicker(candidates), 200), Make.Picks(_balancer.CreatePicker(candidates), 200));
        }
    }

    [Fact]
    public void Pick_OneIsSlow_TakesTheOther()
    {
        var candidates = Make.Weighted(100, 100);
        Answer(candidates[0], 200);
        Answer(candidates[1], 10);

        Assert.All(Make.Picks(_balancer.CreatePicker(candidates), 1_000), static pick => Assert.Equal(1, pick));
    }

    [Theory]
    [InlineData(19, 1)]
    [InlineData(21, 0)]
    public void Pick_SlowAndFast_WeighsLatencyAgainstRequestsInFlight(int inFlight, int expected)
    {
        var candidates = Make.Weighted(100, 100);
        Answer(candidates[0], 200);
        Answer(candidates[1], 10);
        Begin(candidates[1], inFlight);

        // 20 times as slow is as good as 19 more in flight; in logarithms made of straight lines, 20.
        Assert.All(Make.Picks(_balancer.CreatePicker(candidates), 100), pick => Assert.Equal(expected, pick));
    }

    [Fact]
    public void Pick_SlowOneIsForgiven_AfterAWhileWithoutAnswers()
    {
        var candidates = Make.Weighted(100, 100);
        var picker = _balancer.CreatePicker(candidates);
        Answer(candidates[0], 200);
        Answer(candidates[1], 10);
        for (var second = 0; second < 25; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Answer(candidates[1], 10);
            Assert.All(Make.Picks(picker, 100), static pick => Assert.Equal(1, pick));
        }

        // 200 ms · e^(−2.7) is less than 10 ms · √2.
        _time.Advance(TimeSpan.FromSeconds(2));
        Answer(candidates[1], 10);
        Assert.Contains(0, Make.Picks(picker, 100));
    }

    [Fact]
    public void Pick_NearlyEqualLatencies_CountAsEqual()
    {
        var candidates = Make.Weighted(100, 100, 100, 100, 100);
        for (var i = 0; i < 5; i++)
            Answer(candidates[i], 10 + (i * 0.9));

        var counts = Make.Counts(Make.Picks(_balancer.CreatePicker(candidates), 100_000), 5);

        Assert.All(counts, static count => Assert.InRange(count, 19_000, 21_000));
    }

    [Fact]
    public void Pick_EqualLatenciesAndUnequalWeights_IsSharedByWeight()
    {
        int[] weights = [100, 50, 25, 25];
        var candidates = Make.Weighted(weights);
        foreach (var candidate in candidates)
            Answer(candidate, 10);

        var counts = Make.Counts(Make.Picks(_balancer.CreatePicker(candidates), 100_000), 4);

        for (var i = 0; i < weights.Length; i++)
            Assert.InRange(counts[i] / 100_000.0, (weights[i] / 200.0) - 0.01, (weights[i] / 200.0) + 0.01);
    }

    [Fact]
    public void Pick_RequestsThatLastAndUnequalWeights_FillsByWeight()
    {
        int[] weights = [100, 50, 25, 25];
        var candidates = Make.Weighted(weights);
        foreach (var candidate in candidates)
            Answer(candidate, 10);
        var picker = _balancer.CreatePicker(candidates);

        for (var i = 0; i < 2_000; i++)
            candidates[picker.Pick(PickContext.None)].Begin();

        for (var i = 0; i < weights.Length; i++)
            Assert.InRange(candidates[i].InFlight, (weights[i] * 10) - 30, (weights[i] * 10) + 30);
    }

    [Fact]
    public void Pick_OneWithoutWeightAmongOthers_IsNeverTaken()
    {
        var candidates = Make.Weighted(100, 0, 50);
        Begin(candidates[0], 5);
        Begin(candidates[2], 5);

        Assert.DoesNotContain(1, Make.Picks(_balancer.CreatePicker(candidates), 10_000));
    }

    [Fact]
    public void Pick_NewEndpoint_IsSentOneRequestUntilItHasAnswered()
    {
        var candidates = Make.Weighted(100, 100);
        var picker = _balancer.CreatePicker(candidates);
        Answer(candidates[0], 10);
        Begin(candidates[0], 50);

        Assert.All(Make.Picks(picker, 100), static pick => Assert.Equal(1, pick));
        candidates[1].Begin();
        Assert.All(Make.Picks(picker, 100), static pick => Assert.Equal(0, pick));

        Answer(candidates[1], 10);
        Assert.All(Make.Picks(picker, 100), static pick => Assert.Equal(1, pick));
    }

    [Fact]
    public void Pick_SomeAskedToBeLeftAlone_TakesTheOthersUntilItIsOver()
    {
        var candidates = Make.Weighted([.. Enumerable.Repeat(100, 10)]);
        var picker = _balancer.CreatePicker(candidates);
        foreach (var candidate in candidates)
            Answer(candidate, 10);
        foreach (var candidate in candidates.Take(7))
            Observe(candidate, new RequestOutcome(OutcomeKind.Throttled, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(60)));

        Assert.Equal([7, 8, 9], Make.Picks(picker, 1_000).Distinct().Order());
        _time.Advance(TimeSpan.FromSeconds(59.9));
        Assert.Equal([7, 8, 9], Make.Picks(picker, 1_000).Distinct().Order());
        _time.Advance(TimeSpan.FromSeconds(0.2));
        foreach (var candidate in candidates)
            Answer(candidate, 10);
        Assert.Equal(10, Make.Picks(picker, 1_000).Distinct().Count());
    }

    [Fact]
    public void Pick_AllAskedToBeLeftAlone_TakesAny()
    {
        var candidates = Make.Weighted(100, 100, 100);
        foreach (var candidate in candidates)
            Observe(candidate, new RequestOutcome(OutcomeKind.Throttled, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(60)));

        Assert.Equal(3, Make.Picks(_balancer.CreatePicker(candidates), 1_000).Distinct().Count());
    }

    [Fact]
    public void Pick_ManyTimes_AllocatesNothing()
    {
        var candidates = Make.Weighted(100, 50, 25);
        Answer(candidates[0], 10);
        Answer(candidates[1], 10);
        Observe(candidates[1], new RequestOutcome(OutcomeKind.Throttled, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(60)));
        var picker = _balancer.CreatePicker(candidates);

        Assert.Equal(0, Allocation.Of(() =>
        {
            for (var i = 0; i < 1_000; i++)
                picker.Pick(PickContext.None);
        }));
    }

    [Fact]
    public void Score_IsCostTimesRequestsInFlightAndThisOne()
    {
        var candidates = Make.Weighted(100, 100);
        Answer(candidates[0], 10);
        Begin(candidates[0], 3);
        var picker = Assert.IsType<IScoredPicker>(_balancer.CreatePicker(candidates), exactMatch: false);

        var scores = picker.Scores(PickContext.None);
        Assert.Equal(40, scores[0], 0.01);
        Assert.Equal(0, scores[1]);
    }

    private void Answer(BalancedEndpoint endpoint, double milliseconds) => Observe(endpoint, new(OutcomeKind.Success, TimeSpan.FromMilliseconds(milliseconds)));

    private void Observe(BalancedEndpoint endpoint, RequestOutcome outcome) =>
        PeakEwma.Observe(endpoint.Load, outcome, _time.GetTimestamp(), _time.TimestampFrequency);

    private static void Begin(BalancedEndpoint endpoint, int times)
    {
        for (var i = 0; i < times; i++)
            endpoint.Begin();
    }
}
