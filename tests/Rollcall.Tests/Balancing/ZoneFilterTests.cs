using System.Collections.Immutable;
using Rollcall.Balancing;

namespace Rollcall.Tests.Balancing;

public sealed class ZoneFilterTests
{
    private readonly Filtering _filtering = new();

    [Fact]
    public void Apply_OwnZoneIsAsLargeAsTheOthers_KeepsAll()
    {
        var left = Apply("a", ("a", 3), ("b", 3), ("c", 3));

        Assert.All(left, static endpoint => Assert.Equal("a", endpoint.Endpoint.Zone));
        Assert.Equal(3, left.Length);
        Assert.Equal("zone: 100 % stays in zone a.", Assert.Single(_filtering.Notes));
        Assert.Contains("zone b-0: in zone b; all stays in a", _filtering.Excluded, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(3, 3, 3, 1)]
    [InlineData(2, 3, 3, 1.4 * 2 * 8 / 22)] // 1.018: all
    [InlineData(1, 3, 3, 1.4 * 1 * 7 / 19)]
    [InlineData(1, 1, 0, 1)]
    [InlineData(1, 9, 0, 1.4 * 1 * 10 / 82)]
    [InlineData(9, 1, 0, 1)]
    public void Apply_OwnZoneIsSmaller_KeepsWhatItCanCarry(int own, int b, int c, double kept)
    {
        var left = Apply("a", ("a", own), ("b", b), ("c", c));

        Assert.Equal(Math.Min(1, kept), Share(left, "a"), 0.002);
        if (kept < 1 && c > 0)
            Assert.Equal(b / (double)c, Share(left, "b") / Share(left, "c"), 0.002);
    }

    [Fact]
    public void Apply_OnlyTheHealthyCount()
    {
        var endpoints = _filtering.Read(Endpoints(("a", 3), ("b", 3)).Select(static (endpoint, i) => i == 0 ? endpoint with { State = EndpointState.NotReady } : endpoint).ToArray());
        _filtering.Health.Silent(endpoints[1]);

        var left = _filtering.Apply(new ZoneFilter("a"), endpoints);

        // One healthy of four: 1.4 × 1 × 4 / 10. The avoided one keeps its place, or it could never show that it is well again.
        Assert.Equal("zone: 56 % stays in zone a.", Assert.Single(_filtering.Notes));
        Assert.Equal(6, left.Length);
        var b = left.Where(static endpoint => endpoint.Endpoint.Zone == "b").Sum(static endpoint => endpoint.Weight);
        Assert.Equal(0.56, left[2].Weight / (double)(left[2].Weight + b), 0.002);
        Assert.Equal(left[2].Weight, left[1].Weight);
    }

    [Theory]
    [InlineData("x")] // nobody is there
    [InlineData("a")] // nobody healthy is there
    public void Apply_NobodyHealthyIsInTheOwnZone_UsesAllAlike(string own)
    {
        var endpoints = _filtering.Read([.. Endpoints(("a", 2)).Select(static endpoint => endpoint with { State = EndpointState.NotReady }), .. Endpoints(("b", 2))]);

        Assert.Equal(endpoints, _filtering.Apply(new ZoneFilter(own), endpoints));
        Assert.Single(_filtering.Notes);
    }

    [Fact]
    public void Apply_NobodySaysItsZone_UsesAllAlike()
    {
        var endpoints = _filtering.Read(Make.Endpoint("a"), Make.Endpoint("b"));

        Assert.Equal(endpoints, _filtering.Apply(new ZoneFilter("a"), endpoints));
    }

    [Fact]
    public void Apply_FailoverGroups_AreEachByThemselves()
    {
        var endpoints = _filtering.Read([.. Endpoints(("a", 1), ("b", 1)), .. Endpoints(("c", 1), ("d", 1)).Select(static endpoint => endpoint with { Priority = 1 })]);

        // The own zone is not in the second group, which is used as it is.
        Assert.Equal("a-0:10000 c-0:10000 d-0:10000", Filtering.Text(_filtering.Apply(new ZoneFilter("a"), endpoints)));
    }

    [Fact]
    public void Apply_VerySmallParts_AddUp()
    {
        // Each of the 900 gets less than one unit.
        var many = new Filtering();
        var set = many.Read([.. Endpoints(("a", 1)).Select(static endpoint => endpoint with { Weight = 2 }), .. Enumerable.Range(0, 900).Select(static i => Make.Endpoint($"z-{i:000}", weight: 1) with { Zone = $"z{i % 300}" })]);
        var left = many.Apply(new ZoneFilter("a"), set);
        Assert.Equal(ZoneSplit.Of(200, 200 + 90_000, (200.0 * 200) + (300 * 300.0 * 300)).Kept, Share(left, "a"), 0.01);
    }

    private ImmutableArray<BalancedEndpoint> Apply(string own, params (string Zone, int Count)[] zones) =>
        _filtering.Apply(new ZoneFilter(own), _filtering.Read(Endpoints(zones)));

    private static Endpoint[] Endpoints(params (string Zone, int Count)[] zones) =>
        [.. zones.SelectMany(static zone => Enumerable.Range(0, zone.Count).Select(i => Make.Endpoint($"{zone.Zone}-{i}") with { Zone = zone.Zone }))];

    private static double Share(ImmutableArray<BalancedEndpoint> endpoints, string zone) =>
        endpoints.Where(endpoint => endpoint.Endpoint.Zone == zone).Sum(static endpoint => endpoint.Weight) / (double)endpoints.Sum(static endpoint => endpoint.Weight);
}
