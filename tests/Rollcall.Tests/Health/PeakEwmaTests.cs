using Rollcall.Health;

namespace Rollcall.Tests.Health;

public sealed class PeakEwmaTests
{
    // Odd, so that ticks taken for timestamps show.
    private const long Frequency = 7_000_001;

    private readonly EndpointLoad _load = new();

    [Fact]
    public void Observe_SlowerAnswer_CountsAtOnceAndFadesOverTenSeconds()
    {
        Observe(10, 0);
        Observe(200, 1);
        Assert.Equal(200, Cost(1), 0.01);
        Assert.Equal(200 / Math.E, Cost(11), 0.01);
        Assert.Equal(200 / Math.E / Math.E, Cost(21), 0.01);

        // A faster one does not end it sooner, and counts when the slow one is forgotten.
        Observe(10, 22);
        Assert.Equal(200 * Math.Exp(-2.1), Cost(22), 0.01);
        Observe(10, 52);
        Assert.Equal(10, Cost(52), 0.01);
    }

    [Fact]
    public void Observe_AnyAnswersInAnyOrder_IsTheLargestOfTheDiscountedLatencies()
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            var random = new Random(seed);
            var load = new EndpointLoad();
            var start = random.NextDouble() * 1e9;
            var answers = Enumerable.Range(0, random.Next(1, 30)).Select(_ => (At: start + (random.NextDouble() * 100), Latency: Math.Exp(random.NextDouble() * 12))).ToArray();
            foreach (var (at, latency) in answers)
                PeakEwma.Observe(load, Success(latency), Stamp(at), Frequency);

            var oracle = answers.Max(answer => answer.Latency * Math.Exp(-(start + 100 - answer.At) / 10));
            var found = PeakEwma.CostAt(load.Cost, Stamp(start + 100), Frequency).TotalMilliseconds;
            Assert.True(Math.Abs(found - oracle) <= (oracle * 0.001) + 0.0002, $"seed {seed}: {found} instead of {oracle}");
        }
    }

    [Theory]
    [InlineData(OutcomeKind.Error)]
    [InlineData(OutcomeKind.GatewayError)]
    [InlineData(OutcomeKind.Throttled)]
    [InlineData(OutcomeKind.Unreachable)]
    [InlineData(OutcomeKind.Reset)]
    [InlineData(OutcomeKind.TimedOut)]
    public void Observe_FastFailures_EachCountsFourTimesTheCostUpToFiveSeconds(OutcomeKind kind)
    {
        Observe(20, 0);
        foreach (var expected in new double[] { 80, 320, 1280, 5000, 5000 })
        {
            PeakEwma.Observe(_load, new RequestOutcome(kind, TimeSpan.FromMilliseconds(1)), Stamp(0), Frequency);
            Assert.Equal(expected, Cost(0), 0.01);
        }
    }

    [Fact]
    public void Observe_SlowFailure_CountsAsWhatItTook()
    {
        PeakEwma.Observe(_load, new RequestOutcome(OutcomeKind.TimedOut, TimeSpan.FromSeconds(30)), Stamp(0), Frequency);

        Assert.Equal(30_000, Cost(0), 0.1);
    }

    [Fact]
    public void Observe_CallerGaveUp_RaisesAKnownCostAndIsNoFailure()
    {
        PeakEwma.Observe(_load, new RequestOutcome(OutcomeKind.Cancelled, TimeSpan.FromSeconds(1)), Stamp(0), Frequency);
        Assert.Equal(0, _load.Cost);

        Observe(20, 0);
        PeakEwma.Observe(_load, new RequestOutcome(OutcomeKind.Cancelled, TimeSpan.FromMilliseconds(1)), Stamp(0), Frequency);
        Assert.Equal(20, Cost(0), 0.01);
        PeakEwma.Observe(_load, new RequestOutcome(OutcomeKind.Cancelled, TimeSpan.FromSeconds(1)), Stamp(0), Frequency);
        Assert.Equal(1000, Cost(0), 0.01);
    }

    [Fact]
    public void Observe_UnreachableBeforeAnyAnswer_TeachesNothingOfLatency()
    {
        PeakEwma.Observe(_load, new RequestOutcome(OutcomeKind.Unreachable, TimeSpan.Zero), Stamp(0), Frequency);

        Assert.Equal(0, _load.Cost);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(60, 60)]
    [InlineData(3600, 300)]
    public void Observe_AskedToBeLeftAlone_HoldsForFiveSecondsToFiveMinutes(int asked, int held)
    {
        PeakEwma.Observe(_load, new RequestOutcome(OutcomeKind.Throttled, TimeSpan.Zero, TimeSpan.FromSeconds(asked)), Stamp(100), Frequency);

        Assert.Equal(Stamp(100) + (held * Frequency), _load.HeldUntil);
    }

    [Fact]
    public void Observe_ShorterHoldAfterALongerOne_KeepsTheLonger()
    {
        PeakEwma.Observe(_load, new RequestOutcome(OutcomeKind.Throttled, TimeSpan.Zero, TimeSpan.FromSeconds(60)), Stamp(0), Frequency);
        PeakEwma.Observe(_load, new RequestOutcome(OutcomeKind.Throttled, TimeSpan.Zero, TimeSpan.FromSeconds(6)), Stamp(1), Frequency);
        Assert.Equal(60 * Frequency, _load.HeldUntil);

        PeakEwma.Forget(_load);
        Assert.Equal((0, 0), (_load.HeldUntil, _load.Cost));
    }

    [Fact]
    public void Observe_ThrottledWithoutATime_IsOnlyAFailure()
    {
        PeakEwma.Observe(_load, new RequestOutcome(OutcomeKind.Throttled, TimeSpan.FromMilliseconds(1)), Stamp(0), Frequency);

        Assert.Equal(0, _load.HeldUntil);
        Assert.Equal(4, Cost(0), 0.01);
    }

    [Fact]
    public void Observe_ManyYearsOfUptime_IsAsExactAsOnTheFirstDay()
    {
        const double Years = 20 * 365 * 86_400.0;
        Observe(10, Years);
        Assert.Equal(10 / Math.E, Cost(Years + 10), 0.01);
    }

    private static RequestOutcome Success(double milliseconds) => new(OutcomeKind.Success, TimeSpan.FromMilliseconds(milliseconds));

    private static long Stamp(double seconds) => (long)(seconds * Frequency);

    private void Observe(double milliseconds, double at) => PeakEwma.Observe(_load, Success(milliseconds), Stamp(at), Frequency);

    private double Cost(double at) => PeakEwma.CostAt(_load.Cost, Stamp(at), Frequency).TotalMilliseconds;
}
