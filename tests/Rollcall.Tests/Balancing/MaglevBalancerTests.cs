using Rollcall.Balancing;
using Rollcall.TestKit;

namespace Rollcall.Tests.Balancing;

public sealed class MaglevBalancerTests : AffinityBalancerTests
{
    private readonly MaglevBalancer _balancer = new(new StripedRandom(new Random(1), 1));

    private protected override IBalancer Balancer => _balancer;

    [Fact]
    public void Pick_SameKey_IsTheSameEndpointInEveryProcess()
    {
        var picker = _balancer.CreatePicker(Make.Weighted(100, 100, 100));

        // Written down: a change of the hash or of the table would move every session of every user.
        Assert.Equal([2, 0, 1, 1, 2], Enumerable.Range(0, 5).Select(i => picker.Pick(PickContext.ForKey($"session-{i}"))));
    }

    [Theory]
    [InlineData(new[] { 100, 100, 100, 100, 100 }, 0.001)]
    [InlineData(new[] { 100, 50, 25, 1 }, 0.01)]
    [InlineData(new[] { 3, 7, 90, 0 }, 0.01)]
    public void Table_AnyWeights_IsSharedExactly(int[] weights, double within)
    {
        var candidates = Make.Weighted(weights);
        var table = new MaglevTable(candidates, Weights.Of(candidates).Values);
        var counts = Make.Counts(Enumerable.Range(0, table.Count).Select(table.Owner), weights.Length);

        for (var i = 0; i < weights.Length; i++)
            Assert.InRange(counts[i], (1 - within) * table.Count * weights[i] / weights.Sum(), (1 + within) * table.Count * weights[i] / weights.Sum());
    }

    [Fact]
    public void Table_SixHundredEndpoints_SharesDifferByASlot()
    {
        var candidates = Make.Weighted([.. Enumerable.Repeat(100, 600)]);
        var table = new MaglevTable(candidates, Weights.Of(candidates).Values);
        var counts = Make.Counts(Enumerable.Range(0, table.Count).Select(table.Owner), 600);

        Assert.Equal(1, counts.Max() - counts.Min());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(40)]
    [InlineData(100)]
    public void Pick_OneOfManyLeaves_MovesFewKeysButItsOwn(int count)
    {
        var all = Make.Weighted([.. Enumerable.Repeat(100, count)]);
        var before = new MaglevTable(all, Weights.Of(all).Values);
        var (worst, leaving) = (0.0, Math.Min(count, 5));
        for (var left = 0; left < leaving; left++)
        {
            BalancedEndpoint[] rest = [.. all.Where((_, i) => i != left)];
            var after = new MaglevTable(rest, Weights.Of(rest).Values);
            var moved = Enumerable.Range(0, before.Count).Count(slot => all[before.Owner(slot)] != rest[after.Owner(slot)]);
            worst = Math.Max(worst, (double)moved / before.Count);
        }

        Assert.True(worst * count <= 1.3, $"{worst * count:0.000} / N");
    }

    [Fact]
    public void Pick_AnyTurn_AllocatesNothing()
    {
        var picker = _balancer.CreatePicker(Make.Weighted([.. Enumerable.Repeat(100, 50)]));
        var key = PickContext.ForKey("session");

        Assert.Equal(0, Allocation.Of(() =>
        {
            for (var i = 0; i < 100; i++)
                picker.Pick(key with { Turn = i });
        }));
    }
}
