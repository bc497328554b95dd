using Rollcall.Balancing;
using Rollcall.TestKit;

namespace Rollcall.Tests.Balancing;

public sealed class RingHashBalancerTests : AffinityBalancerTests
{
    private readonly RingHashBalancer _balancer = new(new StripedRandom(new Random(1), 1));

    private protected override IBalancer Balancer => _balancer;

    [Fact]
    public void Pick_SameKey_IsTheSameEndpointInEveryProcess()
    {
        var other = new RingHashBalancer(new StripedRandom(new Random(2), 1)).CreatePicker(Make.Weighted(100, 100, 100));
        var picker = _balancer.CreatePicker(Make.Weighted(100, 100, 100));

        // Written down: a change of the hash or of the points would move every session of every user.
        Assert.Equal([1, 2, 0, 0, 0], Enumerable.Range(0, 5).Select(i => picker.Pick(PickContext.ForKey($"session-{i}"))));
        for (var i = 0; i < 1_000; i++)
            Assert.Equal(picker.Pick(new PickContext((ulong)i, HasKey: true)), other.Pick(new PickContext((ulong)i, HasKey: true)));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(50)]
    public void Pick_OneLeaves_MovesOnlyItsOwnKeys(int count)
    {
        var all = Make.Weighted([.. Enumerable.Repeat(100, count)]);
        var (before, after) = (_balancer.CreatePicker(all), _balancer.CreatePicker([.. all.Where(static (_, i) => i != 2)]));
        for (var i = 0; i < 20_000; i++)
        {
            var key = PickContext.ForKey($"key-{i}");
            var owner = before.Pick(key);
            if (owner != 2)
                Assert.Equal(owner > 2 ? owner - 1 : owner, after.Pick(key));
        }
    }

    [Fact]
    public void Pick_ManyKeys_AreSharedByWeight()
    {
        int[] weights = [100, 100, 50, 25];
        var picker = _balancer.CreatePicker(Make.Weighted(weights));
        var counts = Make.Counts(Enumerable.Range(0, 100_000).Select(i => picker.Pick(PickContext.ForKey($"key-{i}"))), 4);

        for (var i = 0; i < 4; i++)
            Assert.InRange(counts[i] / 100_000.0 / (weights[i] / 275.0), 0.75, 1.25);
    }

    [Fact]
    public void Pick_FewRequestsOfOneKey_StayTogether()
    {
        var candidates = Make.Weighted([.. Enumerable.Repeat(100, 10)]);
        var picker = _balancer.CreatePicker(candidates);
        var key = PickContext.ForKey("session");
        var owner = picker.Pick(key);
        for (var i = 0; i < RingHashBalancer.MinBound; i++)
        {
            Assert.Equal(owner, picker.Pick(key));
            candidates[owner].Begin();
        }

        Assert.NotEqual(owner, picker.Pick(key));
    }

    [Theory]
    [InlineData(5, 1, false)]
    [InlineData(5, 1_000, false)]
    [InlineData(5, 1_000, true)]
    public void Pick_RequestsThatLast_NobodyHasMoreThanItsBound(int count, int keys, bool isWeighted)
    {
        int[] weights = [.. Enumerable.Range(0, count).Select(i => isWeighted ? 20 * (i + 1) : 100)];
        var candidates = Make.Weighted(weights);
        var picker = _balancer.CreatePicker(candidates);
        for (var i = 1; i <= 2_000; i++)
        {
            candidates[picker.Pick(PickContext.ForKey($"key-{i % keys}"))].Begin();
            for (var j = 0; j < count; j++)
                Assert.True(candidates[j].InFlight <= Math.Max(RingHashBalancer.MinBound, Math.Ceiling(1.25 * i * weights[j] / weights.Sum())), $"{j} has {candidates[j].InFlight} of {i}");
        }
    }

    [Fact]
    public void Pick_LargeSet_KeepsTheBoundNearly()
    {
        // The sum is looked up now and then only.
        var candidates = Make.Weighted([.. Enumerable.Repeat(100, 200)]);
        var picker = _balancer.CreatePicker(candidates);
        for (var i = 1; i <= 20_000; i++)
            candidates[picker.Pick(PickContext.ForKey($"key-{i % 50}"))].Begin();

        Assert.InRange(candidates.Max(static candidate => candidate.InFlight), 100, 132);
    }

    [Fact]
    public void Pick_OverloadedOrNot_AllocatesNothing()
    {
        var candidates = Make.Weighted([.. Enumerable.Repeat(100, 50)]);
        var picker = _balancer.CreatePicker(candidates);
        var key = PickContext.ForKey("session");
        for (var i = 0; i < 100; i++)
            candidates[picker.Pick(key)].Begin();

        Assert.Equal(0, Allocation.Of(() =>
        {
            for (var i = 0; i < 100; i++)
                candidates[picker.Pick(key with { Turn = i % 3 })].Begin();
        }));
    }

    [Fact]
    public void HashRing_AnyWeights_FindsThePointThatASearchFinds()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var random = new Random(seed);
            var candidates = Make.Weighted([.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => random.Next(0, 101))]);
            var ring = new HashRing(candidates, Weights.Of(candidates).Values);
            var owners = Enumerable.Range(0, ring.Count).Select(ring.Owner).ToArray();
            Assert.Equal(ring.Find(0), ring.Find(ulong.MaxValue));
            for (var i = 0; i < 1_000; i++)
            {
                var hash = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
                var (low, high) = (ring.Find(hash), ring.Find(hash + (1UL << 30)));
                Assert.True(low <= high || high == 0, $"seed {seed}: a later hash belongs to an earlier point");
                Assert.Equal(owners[low], ring.Owner(low));
            }

            Assert.All(owners.Distinct(), owner => Assert.True(candidates[owner].Weight > 0 || candidates.All(static candidate => candidate.Weight == 0)));
        }
    }
}
