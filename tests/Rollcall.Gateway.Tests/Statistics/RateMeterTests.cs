using Rollcall.Gateway.Statistics;

namespace Rollcall.Gateway.Tests.Statistics;

public sealed class RateMeterTests
{
    [Fact]
    public void PerSecond_AnyTraffic_IsTheAverageOfTheWholeSecondsBefore()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var random = new Random(seed);
        var meter = new RateMeter();
        var counts = new Dictionary<uint, int>();
        for (var second = 0u; second < 400; second++)
        {
            // Long silences as well: slots must not be taken for newer ones.
            var busy = random.Next(4) > 0 && second % 150 < 80;
            var count = busy ? random.Next(50) : 0;
            for (var i = 0; i < count; i++)
                meter.Count(second);
            counts[second] = count;
            foreach (var window in new[] { 1, 10, 60 })
            {
                var looked = Enumerable.Range(1, window).Where(back => back <= second).ToArray();
                var expected = looked.Length == 0 ? 0 : looked.Average(back => counts[second - (uint)back]);
                Assert.Equal(expected, meter.PerSecond(second, window), 1e-9);
            }
        }
    }

    [Fact]
    public void Count_ManyThreads_LosesNone()
    {
        var meter = new RateMeter();
        Parallel.For(0, 4, _ =>
        {
            for (var i = 0; i < 50_000; i++)
                meter.Count(7);
        });

        Assert.Equal(200_000, meter.PerSecond(8, 1));
    }
}
