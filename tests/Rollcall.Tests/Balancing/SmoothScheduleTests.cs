using Rollcall.Balancing;

namespace Rollcall.Tests.Balancing;

public sealed class SmoothScheduleTests
{
    [Fact]
    public void Build_SmallExample_IsThisSequence() =>
        Assert.Equal([0, 0, 0, 1, 0, 0, 2], SmoothSchedule.Build([5, 1, 1]));

    [Fact]
    public void Build_AnyWeights_IsExactOverACycleAndLessThanOnePickOffAtEveryMoment()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var weights = Enumerable.Range(0, random.Next(1, 40)).Select(_ => random.Next(0, 101)).ToArray();
            weights[0] = Math.Max(1, weights[0]);

            var schedule = SmoothSchedule.Build(weights);

            Assert.Equal(weights, Make.Counts(schedule, weights.Length));
            Assert.True(LargestDeviation(schedule, weights) < 1, $"seed {seed}: {LargestDeviation(schedule, weights)}");
        }
    }

    [Fact]
    public void Build_ManyOfEqualWeight_IsAsIfEachWereScheduledByItself()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var kinds = random.Next(1, 6);
            var weights = Enumerable.Range(0, random.Next(1, 30)).Select(_ => random.Next(5) == 0 ? random.Next(0, 20) : 1 + (random.Next(kinds) * 7)).ToArray();

            Assert.True(EarliestDeadlineFirst.Schedule(weights).SequenceEqual(SmoothSchedule.Build(weights)), $"seed {seed}: weights {string.Join(' ', weights)}");
        }
    }

    [Fact]
    public void Build_AnyWeights_IsAsSmoothAsNginx()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var weights = Enumerable.Range(0, random.Next(2, 12)).Select(_ => random.Next(1, 30)).ToArray();

            var ours = LargestDeviation(SmoothSchedule.Build(weights), weights);
            var nginx = LargestDeviation(Nginx(weights), weights);

            // Nginx is at times nearer than the bound, at times far beyond it; ours never leaves it.
            Assert.True(ours <= Math.Max(nginx, 1), $"seed {seed}: ours {ours}, nginx {nginx}, weights {string.Join(' ', weights)}");
        }
    }

    [Fact]
    public void Build_OneHeavyAmongMany_ServesNobodyInABurst()
    {
        var weights = Enumerable.Repeat(1, 50).Prepend(50).ToArray();

        var schedule = SmoothSchedule.Build(weights);

        // Half of all picks: with less than one pick of deviation at both ends of a run, three in a row is the most there can be.
        Assert.True(LongestRun([.. schedule, .. schedule]) <= 3);
    }

    [Fact]
    public void Build_CycleTooLong_IsShortenedWithinARoundedSlotPerEndpoint()
    {
        var random = new Random(7);
        var weights = Enumerable.Range(0, 10_000).Select(_ => random.Next(1, 101)).ToArray();
        var limit = SmoothSchedule.MinSlotsPerEndpoint * weights.Length;

        var schedule = SmoothSchedule.Build(weights);

        Assert.Equal(limit, schedule.Length);
        var counts = Make.Counts(schedule, weights.Length);
        double total = weights.Sum();
        for (var i = 0; i < weights.Length; i++)
        {
            Assert.True(counts[i] >= 1);
            Assert.InRange(counts[i] - (weights[i] / total * limit), -2, 2);
        }

        // Nobody gets less than somebody who weighs less.
        for (var weight = 1; weight < 100; weight++)
            Assert.True(Slots(weight).Max() <= Slots(weight + 1).Min(), $"weight {weight}");

        IEnumerable<int> Slots(int weight) => counts.Where((_, i) => weights[i] == weight);
    }

    [Fact]
    public void Build_655EndpointsOfAnyWeight_IsExact()
    {
        var weights = Enumerable.Range(0, 655).Select(static i => 100 - (i % 2)).ToArray();

        Assert.Equal(weights, Make.Counts(SmoothSchedule.Build(weights), weights.Length));
    }

    // nginx, ngx_http_upstream_get_peer: the dumb oracle, linear per pick.
    private static int[] Nginx(int[] weights)
    {
        var total = weights.Sum();
        var current = new int[weights.Length];
        var schedule = new int[total];
        for (var time = 0; time < total; time++)
        {
            for (var i = 0; i < weights.Length; i++)
                current[i] += weights[i];
            var best = Array.IndexOf(current, current.Max());
            current[best] -= total;
            schedule[time] = best;
        }

        return schedule;
    }

    private static double LargestDeviation(int[] schedule, int[] weights)
    {
        double total = weights.Sum();
        var counts = new int[weights.Length];
        var largest = 0.0;
        for (var time = 0; time < schedule.Length; time++)
        {
            counts[schedule[time]]++;
            for (var i = 0; i < weights.Length; i++)
                largest = Math.Max(largest, Math.Abs(counts[i] - ((time + 1) * weights[i] / total)));
        }

        return largest;
    }

    private static int LongestRun(int[] schedule)
    {
        var longest = 0;
        var run = 0;
        for (var i = 0; i < schedule.Length; i++)
        {
            run = i > 0 && schedule[i] == schedule[i - 1] ? run + 1 : 1;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
