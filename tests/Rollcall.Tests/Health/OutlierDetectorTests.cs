using Rollcall.Health;

namespace Rollcall.Tests.Health;

public sealed class OutlierDetectorTests
{
    [Theory]
    [InlineData("100 100 100 50", 3)]
    [InlineData("100 100 50", 2)]
    [InlineData("100 50")]
    [InlineData("95 94 96 80", 3)]
    [InlineData("95 94 96 88")]
    [InlineData("50 50 50 50")]
    [InlineData("0 0 0 0 0")]
    [InlineData("100 100 100 91")]
    [InlineData("100 100 100 100 100 100 100 100 40 30", 9, 8)]
    public void SuccessRates_NameThoseFarBelowTheOthers(string rates, params int[] expected) =>
        Assert.Equal(expected, Judge([.. rates.Split(' ').Select(static rate => Window(int.Parse(rate, null), 10))]).Select(static outlier => outlier.Index));

    [Theory]
    [InlineData("10 11 12 600", 3)]
    [InlineData("10 11 12 49")]
    [InlineData("100 100 100 499")]
    [InlineData("100 100 100 501", 3)]
    [InlineData("10 500")]
    [InlineData("10 500 12", 1)]
    [InlineData("10 10 10 700 900", 4, 3)]
    [InlineData("10 10 700 800 900", 4, 3, 2)]
    [InlineData("900 900 900 900")]
    public void Latencies_NameThoseFarAboveTheOthers(string latencies, params int[] expected)
    {
        var found = Judge([.. latencies.Split(' ').Select(static latency => Window(100, int.Parse(latency, null)))]);

        Assert.Equal(expected, found.Select(static outlier => outlier.Index));
        Assert.All(found, static outlier => Assert.Equal(AvoidReason.Latency, outlier.Reason));
    }

    [Fact]
    public void TooFewRequests_AreNotJudged() =>
        Assert.Empty(Judge([Window(100, 10), Window(100, 10), Window(100, 10), new TrafficWindow(5, 14, 5, TimeSpan.FromSeconds(10))]));

    [Fact]
    public void Latency_OfFewAmongManySuccesses_IsNotJudged() =>
        Assert.Empty(Judge([Window(100, 10), Window(100, 10), Window(100, 10), new TrafficWindow(100, 0, 19, TimeSpan.FromSeconds(10))]));

    [Fact]
    public void TurnedOff_NamesNobody() => Assert.Empty(OutlierDetector.Judge(
        [Window(100, 10), Window(100, 10), Window(0, 10), Window(100, 5_000)], new HealthOptions { SuccessRateDeviations = 0, LatencyFactor = 0 }));

    private static List<Outlier> Judge(TrafficWindow[] windows) => OutlierDetector.Judge(windows, new HealthOptions());

    private static TrafficWindow Window(int successes, int milliseconds) => new(successes, 100 - successes, successes, TimeSpan.FromMilliseconds(milliseconds));
}
