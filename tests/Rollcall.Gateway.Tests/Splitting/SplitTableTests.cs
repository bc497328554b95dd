using System.Collections.Immutable;
using Rollcall.Gateway.Splitting;

namespace Rollcall.Gateway.Tests.Splitting;

public sealed class SplitTableTests
{
    private const int Keys = 20_000;

    [Fact]
    public void ByKey_AVersionGrows_OnlyItGains()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 30; round++)
        {
            var count = random.Next(2, 6);
            var before = Enumerable.Range(1, count).Select(i => new VersionShare($"v{i}", random.Next(0, 50))).ToImmutableArray();
            before = before.SetItem(0, before[0] with { Weight = before[0].Weight + 1 });
            var at = random.Next(count);
            var after = before.SetItem(at, before[at] with { Weight = before[at].Weight + random.Next(1, 200) });
            var (first, second) = (new SplitTable(before), new SplitTable(after));
            for (var key = 0UL; key < 2000; key++)
            {
                var (from, to) = (first.ByKey(Hash(key)), second.ByKey(Hash(key)));
                Assert.True(from == to || to == at, $"key {key} went from {from} to {to} when {at} grew (seed {seed})");
            }
        }
    }

    [Fact]
    public void ByKey_ManyKeys_AreSharedOutByWeight()
    {
        var table = Table(("v1", 70), ("v2", 25), ("v3", 5), ("v4", 0));
        var counts = new int[4];
        for (var key = 0UL; key < Keys; key++)
            counts[table.ByKey(Hash(key))]++;

        Assert.InRange(counts[0] / (double)Keys, 0.685, 0.715);
        Assert.InRange(counts[1] / (double)Keys, 0.235, 0.265);
        Assert.InRange(counts[2] / (double)Keys, 0.043, 0.057);
        Assert.Equal(0, counts[3]);
    }

    [Fact]
    public void ByChance_ManyRequests_AreSharedOutByWeight()
    {
        var table = Table(("v0", 0), ("v1", 90), ("v2", 10), ("v3", 0));
        var random = new Random(7);
        var counts = new int[4];
        for (var i = 0; i < Keys; i++)
            counts[table.ByChance((ulong)random.NextInt64(long.MinValue, long.MaxValue))]++;

        Assert.Equal((0, 0), (counts[0], counts[3]));
        Assert.InRange(counts[2] / (double)Keys, 0.09, 0.11);
        Assert.Equal(1, table.ByChance(0));
        Assert.Equal(2, table.ByChance(ulong.MaxValue));
    }

    [Fact]
    public void ByChance_TheOtherWeightsAreNearlyNothing_DoesNotRunOver()
    {
        var table = Table(("v1", 1_000_000_000_000), ("v2", 1e-12));

        Assert.Equal(0, table.ByChance(0));
        Assert.Equal(0, table.ByChance(ulong.MaxValue / 2));
    }

    // What a version gets of the keys must not be one region of their hashes: the same hash chooses the endpoint in it.
    [Fact]
    public void ByKey_TheKeysOfASmallVersion_AreSpreadOverAllHashes()
    {
        var table = Table(("v1", 90), ("v2", 10));
        var quarters = new int[4];
        for (var key = 0UL; key < Keys; key++)
        {
            if (table.ByKey(Hash(key)) == 1)
                quarters[Hash(key) >> 62]++;
        }

        Assert.All(quarters, quarter => Assert.InRange(quarter / (Keys / 10.0), 0.2, 0.3));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Only_OneVersionHasAll_IsIt(int which)
    {
        Assert.Equal(which, Table(("v1", which == 0 ? 3 : 0), ("v2", which == 1 ? 3 : 0)).Only);
        Assert.Equal(-1, Table(("v1", 1), ("v2", 1)).Only);
    }

    private static SplitTable Table(params (string Version, double Weight)[] shares) => new([.. shares.Select(static share => new VersionShare(share.Version, share.Weight))]);

    private static ulong Hash(ulong key) => PickContext.ForKey($"user-{key}").Key;
}
