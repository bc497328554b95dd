using Rollcall.Balancing;

namespace Rollcall.Tests.Balancing;

public sealed class SlowInstanceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void OneOfFiveIsTwentyTimesSlower_PeakEwma_HasAtMostHalfOfRoundRobinsP99(int seed)
    {
        var roundRobin = SlowInstanceSimulation.P99(Run(Balancers.RoundRobin, seed));
        var peakEwma = SlowInstanceSimulation.P99(Run(Balancers.PeakEwma, seed));

        Assert.True(peakEwma * 2 <= roundRobin, $"seed {seed}: {peakEwma:0.0} ms, round robin {roundRobin:0.0} ms");
    }

    [Theory]
    [InlineData(Balancers.PeakEwma)]
    [InlineData(Balancers.LeastRequests)]
    public void AllAreEqual_TwoChoices_ShareWithinFivePercent(string policy)
    {
        var requests = SlowInstanceSimulation.Run(new Balancers(new Random(1)).Get(policy), 300, 0, 0, seed: 1);
        var counts = Make.Counts(requests.Select(static request => request.Instance), SlowInstanceSimulation.Instances);
        var even = requests.Count / (double)SlowInstanceSimulation.Instances;

        Assert.All(counts, count => Assert.InRange(count / even, 0.95, 1.05));
    }

    [Fact]
    public void SlowOneRecovers_PeakEwma_SendsToItAgainWithinAMinute()
    {
        var requests = SlowInstanceSimulation.Run(new Balancers(new Random(1)).Get(Balancers.PeakEwma), 120, 20, 40, seed: 1);
        var late = requests.Where(static request => request.At >= 100).ToArray();

        Assert.InRange(late.Count(static request => request.Instance == SlowInstanceSimulation.Slow) / (double)late.Length, 0.15, 0.25);
    }

    private static List<SlowInstanceSimulation.Request> Run(string policy, int seed) =>
        SlowInstanceSimulation.Run(new Balancers(new Random(seed)).Get(policy), 60, 0, double.MaxValue, seed);
}
