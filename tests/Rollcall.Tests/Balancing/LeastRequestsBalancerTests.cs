using Rollcall.Balancing;

namespace Rollcall.Tests.Balancing;

public sealed class LeastRequestsBalancerTests
{
    private readonly LeastRequestsBalancer _balancer = new(new StripedRandom(new Random(1), 1));

    [Fact]
    public void Pick_TwoCandidates_AlwaysTakesTheLessLoaded()
    {
        var candidates = Make.Weighted(100, 100);
        candidates[0].Begin();

        Assert.All(Make.Picks(_balancer.CreatePicker(candidates), 1_000), static pick => Assert.Equal(1, pick));
    }

    [Fact]
    public void Pick_OneOverloadedAmongMany_IsNeverTaken()
    {
        var candidates = Make.Weighted([.. Enumerable.Repeat(100, 10)]);
        candidates[4].Begin();

        // It could win only against itself, and the two choices differ.
        Assert.DoesNotContain(4, Make.Picks(_balancer.CreatePicker(candidates), 10_000));
    }

    [Theory]
    [InlineData(new[] { 100, 100, 100, 100 })]
    [InlineData(new[] { 100, 50, 25, 25 })]
    public void Pick_IdleService_IsSharedByWeight(int[] weights)
    {
        var counts = Make.Counts(Make.Picks(_balancer.CreatePicker(Make.Weighted(weights)), 100_000), weights.Length);

        for (var i = 0; i < weights.Length; i++)
            Assert.InRange(counts[i] / 100_000.0, (weights[i] / (double)weights.Sum()) - 0.01, (weights[i] / (double)weights.Sum()) + 0.01);
    }

    [Fact]
    public void Pick_UnequalWeights_ComparesLoadPerWeight()
    {
        var candidates = Make.Weighted(100, 50);
        Begin(candidates[0], 3);
        Begin(candidates[1], 2);

        // 3 / 100 is less than 2 / 50.
        Assert.All(Make.Picks(_balancer.CreatePicker(candidates), 1_000), static pick => Assert.Equal(0, pick));

        Begin(candidates[0], 2);
        Assert.All(Make.Picks(_balancer.CreatePicker(candidates), 1_000), static pick => Assert.Equal(1, pick));
    }

    [Fact]
    public void Pick_WeightZeroAmongOthers_IsNeverTaken()
    {
        var candidates = Make.Weighted(100, 0, 1);
        Begin(candidates[0], 1_000);
        Begin(candidates[2], 1_000);

        Assert.DoesNotContain(1, Make.Picks(_balancer.CreatePicker(candidates), 10_000));
    }

    [Fact]
    public void Pick_OneCandidate_TakesIt() =>
        Assert.Equal(0, _balancer.CreatePicker(Make.Weighted(7)).Pick(PickContext.None));

    [Fact]
    public void Pick_RequestsThatLast_KeepsTheFullestNearTheMean()
    {
        // The theorem behind it: n balls in n bins fill the fullest to about log n / log log n by chance, log log n with two choices.
        const int Count = 1_000;
        var candidates = Make.Weighted([.. Enumerable.Repeat(100, Count)]);
        var picker = _balancer.CreatePicker(candidates);

        for (var i = 0; i < Count * 10; i++)
            candidates[picker.Pick(PickContext.None)].Begin();

        Assert.InRange(candidates.Max(static candidate => candidate.InFlight), 10, 13);
    }

    private static void Begin(BalancedEndpoint endpoint, int times)
    {
        for (var i = 0; i < times; i++)
            endpoint.Begin();
    }
}
