using Rollcall.Http.Resilience;

namespace Rollcall.Tests.Http.Resilience;

public sealed class LatencyQuantileTests
{
    [Fact]
    public void TooFewAnswers_IsNotKnown()
    {
        var quantile = new LatencyQuantile(0.95);
        for (var i = 0; i < 63; i++)
            quantile.Add(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.Zero, quantile.Current);
    }

    // The oracle sorts.
    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(2, 0.95)]
    [InlineData(3, 0.99)]
    public void AnyLatencies_IsAtMostAQuarterTooLarge(int seed, double share)
    {
        var random = new Random(seed);
        var quantile = new LatencyQuantile(share);
        var all = Enumerable.Range(0, 960).Select(_ => Math.Exp(random.NextDouble() * 15)).ToArray();
        foreach (var microseconds in all)
            quantile.Add(TimeSpan.FromMicroseconds(microseconds));

        var exact = all.Order().ElementAt((int)Math.Ceiling(share * all.Length) - 1);
        Assert.True(quantile.Current.TotalMicroseconds >= Math.Floor(exact) - 1 && quantile.Current.TotalMicroseconds <= (exact * 1.26) + 2, $"seed {seed}: {quantile.Current.TotalMicroseconds} for {exact}");
    }

    [Fact]
    public void ServiceBecomesFaster_Follows()
    {
        var quantile = new LatencyQuantile(0.95);
        for (var i = 0; i < 10_000; i++)
            quantile.Add(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 10_000; i++)
            quantile.Add(TimeSpan.FromMilliseconds(10));

        Assert.InRange(quantile.Current.TotalMilliseconds, 10, 13);
    }
}
