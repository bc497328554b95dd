using Rollcall.Balancing;

namespace Rollcall.Tests.Balancing;

public sealed class SlowStartFilterTests
{
    private readonly Filtering _filtering = new();

    [Theory]
    [InlineData(1.0, 0, 1_000)] // the least
    [InlineData(1.0, 10, 1_000)]
    [InlineData(1.0, 25, 2_500)]
    [InlineData(1.0, 50, 5_000)]
    [InlineData(1.0, 99, 9_900)]
    [InlineData(1.0, 100, 10_000)]
    [InlineData(1.0, 500, 10_000)]
    [InlineData(2.0, 25, 5_000)] // 0.25^(1/2)
    [InlineData(0.5, 50, 2_500)] // 0.5^2
    public void Apply_OneIsNew_GrowsByItsAge(double aggression, int age, int expected)
    {
        var endpoints = _filtering.Read(Aged("a", 1_000), Aged("b", age));

        var left = _filtering.Apply(Filter(aggression), endpoints);

        Assert.Equal($"a:10000 b:{expected}", Filtering.Text(left));
    }

    [Fact]
    public void Apply_WhileSomebodyGrows_AsksForTheNextStep()
    {
        _filtering.Apply(Filter(), _filtering.Read(Aged("a", 1_000), Aged("b", 50)));
        Assert.Equal(TimeSpan.FromSeconds(5), _filtering.Last!.RepeatAfter);
        Assert.Equal(["slow-start: 1 became ready in the last 1m40s; 1 of them get less than their weight."], _filtering.Notes);

        _filtering.Apply(new SlowStartFilter(new(TimeSpan.FromSeconds(1), 0.1, 1)), _filtering.Read(Aged("a", 1_000), Aged("b", 0)));
        Assert.Equal(TimeSpan.FromMilliseconds(100), _filtering.Last!.RepeatAfter);
    }

    [Fact]
    public void Apply_NobodyIsNew_ChangesNothingAndAsksForNothing()
    {
        var endpoints = _filtering.Read(Aged("a", 1_000), Make.Endpoint("b"), Aged("c", 0) with { State = EndpointState.NotReady }, Aged("d", 0) with { Weight = 0 });

        Assert.Equal(endpoints, _filtering.Apply(Filter(), endpoints));
        Assert.Null(_filtering.Last!.RepeatAfter);
    }

    [Fact]
    public void Apply_AllAreNew_HaveTheirWeightsUntilTheyDiffer()
    {
        Assert.Equal("a:10000 b:10000", Filtering.Text(_filtering.Apply(Filter(), _filtering.Read(Aged("a", 5), Aged("b", 3)))));

        // Half as far as the one that is furthest on.
        Assert.Equal("a:10000 c:5000", Filtering.Text(_filtering.Apply(Filter(), new Filtering().Read(Aged("a", 40), Aged("c", 20)))));
    }

    [Fact]
    public void Apply_FailoverGroups_AreEachByThemselves()
    {
        var left = _filtering.Apply(Filter(), _filtering.Read(Aged("a", 1_000), Aged("b", 50) with { Priority = 1 }, Aged("c", 50)));

        Assert.Equal("a:10000 b:10000 c:5000", Filtering.Text(left));
    }

    [Fact]
    public void Apply_TheOnlyOneOfAZone_GrowsAsWell()
    {
        var settings = new BalancingSettings { PreferredZone = "b", SlowStart = new(TimeSpan.FromSeconds(100), 0.1, 1) };
        Endpoint[] others = [.. Enumerable.Range(0, 4).Select(static i => Aged($"a-{i}", 1_000) with { Zone = "a" })];

        double[] shares = [.. new[] { 0, 25, 50, 75, 100 }.Select(age =>
        {
            var left = new Filtering() is var filtering ? filtering.Apply(settings, filtering.Read([.. others, Aged("b-0", age) with { Zone = "b" }])) : default;
            return left.Where(static endpoint => endpoint.Endpoint.Zone == "b").Sum(static endpoint => endpoint.Weight) / (double)left.Sum(static endpoint => endpoint.Weight);
        })];

        // Its zone's part in the end is 1.4 × 1 × 5 / 17; it never jumps.
        Assert.Equal([0.036, 0.093, 0.194, 0.301, 0.412], shares.Select(static share => Math.Round(share, 3)));
    }

    private static SlowStartFilter Filter(double aggression = 1) => new(new(TimeSpan.FromSeconds(100), 0.1, aggression));

    private static Endpoint Aged(string id, int seconds) => Make.Endpoint(id) with { Since = Filtering.Now - TimeSpan.FromSeconds(seconds) };
}
