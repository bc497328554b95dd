using Rollcall.Balancing;
using Rollcall.TestKit;

namespace Rollcall.Tests.Balancing;

public sealed class RandomBalancerTests
{
    [Theory]
    [InlineData(1, new[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 })]
    [InlineData(2, new[] { 100, 50, 25, 25 })]
    [InlineData(3, new[] { 100, 1, 0, 3, 99 })]
    [InlineData(4, new[] { 0, 0, 0 })]
    [InlineData(5, new[] { 42 })]
    public void Pick_AnyWeights_PassesAChiSquareTest(int seed, int[] weights)
    {
        const int Draws = 200_000;
        var picker = new RandomBalancer(new StripedRandom(new Random(seed), 1)).CreatePicker(Make.Weighted(weights));

        var counts = Make.Counts(Make.Picks(picker, Draws), weights.Length);

        AssertChiSquare(weights.All(static weight => weight == 0) ? [.. weights.Select(static _ => 1)] : weights, counts, Draws);
    }

    [Fact]
    public void AliasTable_ManyWeights_GivesEveryIndexItsShareOfTheBits()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var weights = Enumerable.Range(0, random.Next(2, 30)).Select(_ => random.Next(0, 101)).ToArray();
            weights[^1] = Math.Max(1, weights[^1]);
            var table = new AliasTable(weights);

            // The exact probability: every column in turn, with its side probed on a fine grid.
            const int Grid = 2_000;
            var counts = new double[weights.Length];
            for (var column = 0; column < weights.Length; column++)
            {
                for (var step = 0; step < Grid; step++)
                {
                    var high = (ulong)(((column + 0.5) / weights.Length) * uint.MaxValue);
                    var low = (ulong)(((step + 0.5) / Grid) * uint.MaxValue);
                    counts[table.Draw((high << 32) | low)] += 1.0 / Grid / weights.Length;
                }
            }

            double total = weights.Sum();
            for (var i = 0; i < weights.Length; i++)
                Assert.True(Math.Abs(counts[i] - (weights[i] / total)) < 0.001, $"seed {seed}, index {i}: {counts[i]}");
        }
    }

    [Fact]
    public async Task Pick_FromManyThreads_StaysFair()
    {
        const int Threads = 8;
        const int Draws = 100_000;
        var picker = new RandomBalancer(new StripedRandom(new Random(6))).CreatePicker(Make.Weighted(100, 50, 50));

        var perThread = await Eventually.Within(Task.WhenAll(Enumerable.Range(0, Threads).Select(_ =>
            Task.Run(() => Make.Counts(Make.Picks(picker, Draws), 3)))));

        double[] expected = [0.5, 0.25, 0.25];
        for (var i = 0; i < 3; i++)
            Assert.InRange(perThread.Sum(counts => counts[i]) / (double)(Threads * Draws), expected[i] - 0.01, expected[i] + 0.01);
    }

    [Fact]
    public void StripedRandom_SameSeed_IsTheSameSequence()
    {
        var one = new StripedRandom(new Random(3), 1);
        var other = new StripedRandom(new Random(3), 1);

        for (var i = 0; i < 100; i++)
            Assert.Equal(one.Next(), other.Next());
    }

    [Fact]
    public void StripedRandom_StripesNotAPowerOfTwo_Refuses() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new StripedRandom(new Random(1), 3));

    // Wilson and Hilferty's approximation of the quantile at 0.9999: with fixed seeds a pass is a pass forever.
    private static void AssertChiSquare(int[] weights, int[] counts, int draws)
    {
        double total = weights.Sum();
        var square = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            var expected = weights[i] / total * draws;
            if (expected == 0)
                Assert.Equal(0, counts[i]);
            else
                square += (counts[i] - expected) * (counts[i] - expected) / expected;
        }

        double freedom = Math.Max(1, weights.Count(static weight => weight > 0) - 1);
        var quantile = freedom * Math.Pow(1 - (2 / (9 * freedom)) + (3.719 * Math.Sqrt(2 / (9 * freedom))), 3);
        Assert.True(square <= quantile, $"chi-square {square} of at most {quantile}: {string.Join(' ', counts)}");
    }
}
