using Rollcall.Balancing;

namespace Rollcall.Tests.Balancing;

/// <summary>What every policy with affinity does.</summary>
public abstract class AffinityBalancerTests
{
    private protected abstract IBalancer Balancer { get; }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(100)]
    public void Pick_Turns_AreAllDifferentAndInTheOrderOfTheScores(int count)
    {
        var picker = Assert.IsType<IOrderedPicker>(Balancer.CreatePicker(Make.Weighted([.. Enumerable.Repeat(100, count)])), exactMatch: false);
        for (var i = 0; i < 50; i++)
        {
            var key = PickContext.ForKey($"key-{i}");
            var order = Enumerable.Range(0, picker.Turns).Select(turn => picker.Pick(key with { Turn = turn })).ToArray();

            Assert.Equal(Math.Min(count, 32), order.Distinct().Count());
            var scores = picker.Scores(key);
            Assert.Equal(Enumerable.Range(0, order.Length).Select(static turn => (double)turn), order.Select(at => scores[at]));
            Assert.Equal(Enumerable.Range(0, count).Select(static place => (double)place), scores.Order());
        }
    }

    [Fact]
    public void Pick_TurnBeyondTheEnd_IsStillACandidate()
    {
        var picker = Balancer.CreatePicker(Make.Weighted(100, 100, 100));
        foreach (var turn in new[] { 3, 32, 1_000, int.MaxValue - 3 })
            Assert.InRange(picker.Pick(PickContext.ForKey("key") with { Turn = turn }), 0, 2);
    }

    [Fact]
    public void Pick_WithoutKey_TakesTheLessLoaded()
    {
        var candidates = Make.Weighted(100, 100);
        candidates[0].Begin();

        Assert.All(Make.Picks(Balancer.CreatePicker(candidates), 100), static pick => Assert.Equal(1, pick));
    }
}
