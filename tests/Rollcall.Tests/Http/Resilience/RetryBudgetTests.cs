using Rollcall.Http.Resilience;
using Rollcall.TestKit;

namespace Rollcall.Tests.Http.Resilience;

public sealed class RetryBudgetTests
{
    private readonly VirtualTime _time = new();

    [Fact]
    public void Begin_HasTenSecondsOfTheFloor()
    {
        var budget = new RetryBudget(_time, 0.2, 10);

        Assert.Equal(100, Spend(budget, 1_000));
    }

    [Fact]
    public void Steady_AFifthFailing_IsAllowedForever()
    {
        var budget = new RetryBudget(_time, 0.2, 0);
        for (var second = 0; second < 60; second++)
        {
            for (var i = 0; i < 200; i++)
                budget.Requested();
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(40, Spend(budget, 40));
        }
    }

    [Fact]
    public void Burst_AfterASteadyTime_HasTenSecondsOfTheShare()
    {
        var budget = new RetryBudget(_time, 0.2, 0);
        for (var i = 0; i < 60_000; i++)
        {
            budget.Requested();
            if (i % 1_000 == 999)
                _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(Spend(budget, 10_000), 1_900, 2_000);
    }

    [Fact]
    public void LongSilence_LeavesTenSecondsOfTheFloor()
    {
        var budget = new RetryBudget(_time, 0.5, 3);
        for (var i = 0; i < 10_000; i++)
            budget.Requested();
        Spend(budget, 100);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(30, Spend(budget, 1_000));
    }

    // The oracle is what the summary of the class promises.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AnyTraffic_SpendsNoMoreThanItsShareAndFloor(int seed)
    {
        var random = new Random(seed);
        var (share, floor) = (random.NextDouble(), random.Next(0, 20));
        var budget = new RetryBudget(_time, share, floor);
        var (requests, spent, start) = (0L, 0L, _time.GetUtcNow());
        for (var step = 0; step < 5_000; step++)
        {
            for (var i = random.Next(0, 30); i > 0; i--, requests++)
                budget.Requested();
            _time.Advance(TimeSpan.FromMilliseconds(random.Next(0, step % 100 == 0 ? 30_000 : 200)));
            spent += Spend(budget, random.Next(0, 30));

            var limit = (share * requests) + (floor * (_time.GetUtcNow() - start).TotalSeconds) + (floor * 10);
            Assert.True(spent <= limit + 0.001, $"seed {seed}, step {step}: {spent} of {limit}");
        }
    }

    private static int Spend(RetryBudget budget, int wanted)
    {
        var spent = 0;
        while (spent < wanted && budget.TrySpend())
            spent++;
        return spent;
    }
}
