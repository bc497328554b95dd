using Rollcall.Balancing;

namespace Rollcall.Tests.Balancing;

public sealed class PickFirstBalancerTests
{
    [Fact]
    public void Pick_SeveralTimes_IsTheSameAndTheOthersByTurn()
    {
        var picker = new PickFirstBalancer(7).CreatePicker(Make.Weighted(100, 100, 100));

        Assert.Single(Make.Picks(picker, 100).Distinct());
        Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Select(turn => picker.Pick(PickContext.None with { Turn = turn })).Order());
        Assert.Equal(picker.Pick(PickContext.None), picker.Pick(PickContext.None with { Turn = 3 }));
    }

    [Fact]
    public void Pick_AnotherLeaves_ChangesNothing()
    {
        for (var seed = 1UL; seed <= 50; seed++)
        {
            var all = Make.Weighted([.. Enumerable.Repeat(100, 10)]);
            var first = all[new PickFirstBalancer(seed).CreatePicker(all).Pick(PickContext.None)];
            BalancedEndpoint[] rest = [.. all.Where(endpoint => endpoint == first || endpoint.Endpoint.Id.EndsWith('3') || endpoint.Endpoint.Id.EndsWith('7'))];

            Assert.Same(first, rest[new PickFirstBalancer(seed).CreatePicker(rest).Pick(PickContext.None)]);
        }
    }

    [Fact]
    public void Pick_ManyProcesses_AreSpreadByWeight()
    {
        var candidates = Make.Weighted(100, 50, 50, 0);
        var counts = Make.Counts(Enumerable.Range(0, 20_000).Select(i => new PickFirstBalancer(KeyHash.Mix((ulong)i)).CreatePicker(candidates).Pick(PickContext.None)), 4);

        Assert.InRange(counts[0], 9_600, 10_400);
        Assert.InRange(counts[1], 4_600, 5_400);
        Assert.InRange(counts[2], 4_600, 5_400);
        Assert.Equal(0, counts[3]);
    }
}
