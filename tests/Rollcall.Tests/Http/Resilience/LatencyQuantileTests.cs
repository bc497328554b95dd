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

    // A request that takes longer than the quantile is hedged, and its own answer never seen.
    [Theory]
    [InlineData(1, 0.9)]
    [InlineData(2, 0.95)]
    public void SlowOnesAreNeverSeenToTheEnd_StaysWhereItIs(int seed, double share)
    {
        var random = new Random(seed);
        var quantile = new LatencyQuantile(share);
        for (var i = 0; i < 50_000; i++)
        {
            var latency = Latency();
            var hedgedAfter = quantile.Current;
            if (hedgedAfter == TimeSpan.Zero || latency <= hedgedAfter)
                quantile.Add(latency);
            else if (Latency() + hedgedAfter is var other && other < latency)
                quantile.AddAtLeast(other);
            else
                quantile.Add(latency);
        }

        var exact = Enumerable.Range(0, 50_000).Select(_ => Latency()).Order().ElementAt((int)(share * 50_000));
        Assert.True(quantile.Current > exact * 0.75 && quantile.Current < exact * 1.5, $"seed {seed}: {quantile.Current} for {exact}");

        TimeSpan Latency() => TimeSpan.FromMilliseconds(10 * Math.Exp(6 * random.NextDouble()));
    }

    [Fact]
    public void ServiceBecomesSlower_Follows()
    {
        var quantile = new LatencyQuantile(0.95);
        for (var i = 0; i < 10_000; i++)
            quantile.Add(TimeSpan.FromMilliseconds(10));

        // All take a second now, and each is given up for a hedge that does, too.
        for (var i = 0; i < 10_000; i++)
        {
            if (quantile.Current < TimeSpan.FromSeconds(1))
                quantile.AddAtLeast(quantile.Current + TimeSpan.FromMilliseconds(1));
            else
                quantile.Add(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(quantile.Current.TotalMilliseconds, 1_000, 1_260);
    }

    [Fact]
    public void GivenUpEarlierThanTheQuantile_TellsNothing()
    {
        var quantile = new LatencyQuantile(0.95);
        for (var i = 0; i < 64; i++)
            quantile.Add(TimeSpan.FromMilliseconds(100));
        var before = quantile.Current;
        for (var i = 0; i < 10_000; i++)
            quantile.AddAtLeast(TimeSpan.FromMilliseconds(1));

        Assert.Equal(before, quantile.Current);
    }
}
