using System.Collections.Immutable;
using Rollcall.Balancing;

namespace Rollcall.Tests.Balancing;

public sealed class ApertureFilterTests
{
    private readonly Filtering _filtering = new();

    [Fact]
    public void Apply_NoMoreThanTheSize_ChangesNothing()
    {
        var endpoints = _filtering.Read([.. Many(20), Make.Endpoint("x", EndpointState.NotReady)]);

        Assert.Equal(endpoints, Apply(endpoints, 20, "c-0"));
    }

    [Fact]
    public void Apply_MoreThanTheSize_LeavesSoManyReadyOnes()
    {
        var endpoints = _filtering.Read([.. Many(100).Select(static (endpoint, i) => i % 3 == 0 ? endpoint with { State = EndpointState.NotReady } : endpoint)]);

        var left = Apply(endpoints, 10, "c-0");

        Assert.Equal(10, Ready(left).Count);
        Assert.Equal(56, _filtering.Excluded.Count);
        Assert.All(_filtering.Excluded, static line => Assert.EndsWith(": outside of the 10 that c-0 uses", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Apply_SameClient_TakesTheSameInEveryProcess()
    {
        // Written down, because processes of different versions must agree on nothing else than this, and restarts should not move connections.
        var left = Apply(_filtering.Read(Many(100)), 5, "checkout-3");

        Assert.Equal("e-008 e-023 e-032 e-052 e-080", string.Join(' ', left.Select(static endpoint => endpoint.Endpoint.Id)));
    }

    [Fact]
    public void Apply_FailoverGroups_AreEachByThemselves()
    {
        var endpoints = _filtering.Read([.. Many(50), .. Many(50).Select(static endpoint => endpoint with { Id = $"f{endpoint.Id}", Priority = 1 }), Make.Endpoint("z") with { Priority = 2 }]);

        var left = Apply(endpoints, 10, "c-0");

        Assert.Equal([10, 10, 1], left.GroupBy(static endpoint => endpoint.Endpoint.Priority).Select(static group => group.Count()));
    }

    [Theory]
    [InlineData(30, 30, 30)] // all stays in the own zone
    [InlineData(10, 30, 30)]
    [InlineData(3, 30, 30)]
    [InlineData(1, 90, 9)]
    public void Apply_BehindZones_KeepsThePartOfEach(int own, int b, int c)
    {
        var endpoints = _filtering.Read([.. Zoned("a", own), .. Zoned("b", b), .. Zoned("c", c)]);
        var zones = _filtering.Apply(new ZoneFilter("a"), endpoints);

        var left = _filtering.Apply(new ApertureFilter(new(12, "c-5"), byZone: true), zones);

        Assert.Equal(12, left.Length);

        // A zone whose part is less than half an endpoint may have none; what it would have had the others share.
        string[] all = ["a", "b", "c"];
        var dropped = all.Where(zone => Share(left, zone) == 0).Sum(zone => Share(zones, zone));
        Assert.InRange(dropped, 0, 0.5 / 12);
        Assert.All(all, zone => Assert.InRange(Math.Abs(Share(zones, zone) - Share(left, zone)), 0, dropped + 0.01));
    }

    [Theory]
    [InlineData("checkout-0", "checkout-1", 0.5)]
    [InlineData("checkout-1", "checkout-2", 0.75)] // from 1/2 to 1/4 of the next turn
    [InlineData("checkout-2", "checkout-3", 0.5)]
    public void Place_OfNumberedClients_IsTheirElementOfTheSequence(string one, string next, double distance) =>
        Assert.Equal(distance, unchecked(AperturePlace.Of(next) - AperturePlace.Of(one)) / Math.Pow(2, 64), 9);

    [Theory]
    [InlineData("checkout-x3")]
    [InlineData("m7/4711")]
    [InlineData("checkout-99999999999")]
    public void Place_OfOthers_IsTheirHash(string client) => Assert.Equal(KeyHash.Of(client), AperturePlace.Of(client));

    private ImmutableArray<BalancedEndpoint> Apply(ImmutableArray<BalancedEndpoint> endpoints, int size, string client) =>
        _filtering.Apply(new ApertureFilter(new(size, client), byZone: false), endpoints);

    private static Endpoint[] Many(int count) => [.. Enumerable.Range(0, count).Select(static i => Make.Endpoint($"e-{i:000}"))];

    private static IEnumerable<Endpoint> Zoned(string zone, int count) => Many(count).Select(endpoint => endpoint with { Id = $"{zone}{endpoint.Id}", Zone = zone });

    private static List<BalancedEndpoint> Ready(ImmutableArray<BalancedEndpoint> endpoints) => [.. endpoints.Where(static endpoint => endpoint.Endpoint.State == EndpointState.Ready)];

    private static double Share(ImmutableArray<BalancedEndpoint> endpoints, string zone) =>
        endpoints.Where(endpoint => endpoint.Endpoint.Zone == zone).Sum(static endpoint => endpoint.Weight) / (double)endpoints.Sum(static endpoint => endpoint.Weight);
}
