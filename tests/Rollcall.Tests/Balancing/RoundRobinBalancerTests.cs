using Rollcall.Balancing;
using Rollcall.TestKit;

namespace Rollcall.Tests.Balancing;

public sealed class RoundRobinBalancerTests
{
    private readonly RoundRobinBalancer _balancer = new(new Random(1));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10_000)]
    public void Pick_EqualWeights_GoesRoundInOrder(int count)
    {
        var picks = Make.Picks(_balancer.CreatePicker(Make.Weighted([.. Enumerable.Repeat(100, count)])), count * 2);

        Assert.Equal([.. Enumerable.Range(picks[0], count * 2).Select(i => i % count)], picks);
    }

    [Theory]
    [InlineData(100, 50, 25)]
    [InlineData(7, 11, 13)]
    [InlineData(100, 1, 1)]
    public void Pick_UnequalWeights_IsExactOverEveryWindowOfOneCycle(params int[] weights)
    {
        var lowest = Weights.Of(Make.Weighted(weights)).Values;
        var cycle = lowest.Sum();
        var picks = Make.Picks(_balancer.CreatePicker(Make.Weighted(weights)), cycle * 3);

        for (var from = 0; from <= cycle * 2; from++)
            Assert.Equal(lowest, Make.Counts(picks.AsSpan(from, cycle).ToArray(), weights.Length));
    }

    [Fact]
    public void Pick_WeightZero_IsNeverPicked() =>
        Assert.DoesNotContain(1, Make.Picks(_balancer.CreatePicker(Make.Weighted(100, 0, 50)), 1_000));

    [Fact]
    public void Pick_AllWeightsZero_TreatsThemAsEqual() =>
        Assert.Equal([2, 2, 2], Make.Counts(Make.Picks(_balancer.CreatePicker(Make.Weighted(0, 0, 0)), 6), 3));

    [Fact]
    public void CreatePicker_ManyClients_DoNotAllStartAtTheSameEndpoint()
    {
        var candidates = Make.Weighted([.. Enumerable.Repeat(100, 10)]);

        var starts = Make.Counts(Enumerable.Range(0, 1_000).Select(_ => _balancer.CreatePicker(candidates).Pick(PickContext.None)), 10);

        Assert.All(starts, count => Assert.InRange(count, 50, 170));
    }

    [Theory]
    [InlineData(new[] { 1, 1, 1, 1, 1, 1, 1 })]
    [InlineData(new[] { 5, 1, 1 })]
    public async Task Pick_FromManyThreads_LosesNoTurn(int[] weights)
    {
        const int Threads = 8;
        const int Cycles = 3_000;
        var cycle = weights.Sum();
        var picker = _balancer.CreatePicker(Make.Weighted(weights));

        var perThread = await Eventually.Within(Task.WhenAll(Enumerable.Range(0, Threads).Select(_ =>
            Task.Run(() => Make.Counts(Make.Picks(picker, cycle * Cycles), weights.Length)))));

        for (var i = 0; i < weights.Length; i++)
            Assert.Equal(weights[i] * Cycles * Threads, perThread.Sum(counts => counts[i]));
    }

    [Fact]
    public void Weights_WithACommonDivisor_AreReducedSoThatTheCycleIsShort() =>
        Assert.Equal([4, 2, 0, 1], Weights.Of(Make.Weighted(100, 50, 0, 25)).Values);

    [Fact]
    public void CreatePicker_NoCandidates_Refuses() =>
        Assert.Throws<ArgumentException>(() => _balancer.CreatePicker([]));
}
