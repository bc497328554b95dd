using Rollcall.Balancing;
using Rollcall.Tests.DependencyInjection;

namespace Rollcall.Tests.Balancing;

public sealed class FilterChainTests
{
    private static readonly BalancingSettings Everything = new()
    {
        Subset = new SmallMap<string>([new("version", "v2")]),
        SlowStart = new(TimeSpan.FromSeconds(100), 0.1, 1),
        PreferredZone = "a",
        Aperture = new(4, "c-0"),
    };

    private readonly Filtering _filtering = new();

    [Fact]
    public void Of_Defaults_IsReadinessAlone() => Assert.Equal(["ready"], FilterChain.Of(new()).Filters.Select(static filter => filter.Name));

    [Fact]
    public void Of_Everything_IsInThisOrder() =>
        Assert.Equal(["subset", "slow-start", "zone", "aperture", "ready"], FilterChain.Of(Everything).Filters.Select(static filter => filter.Name));

    [Fact]
    public void Apply_Everything_Composes()
    {
        Endpoint[] v2 = [.. Enumerable.Range(0, 20).Select(static i => Make.Endpoint($"e-{i:00}") with
        {
            Zone = i < 2 ? "a" : "b",
            Metadata = new SmallMap<string>([new("version", i == 19 ? "v1" : "v2")]),
            Since = Filtering.Now - TimeSpan.FromSeconds(i == 0 ? 50 : 1_000),
            State = i == 18 ? EndpointState.Draining : EndpointState.Ready,
        })];

        var left = _filtering.Apply(Everything, _filtering.Read(v2));

        // 1.5 of 17.5 ready; the one that is new at half of the other's weight; four of them in all, of which the own zone's part of 11 % is less than half an endpoint.
        Assert.Equal(4, left.Length);
        Assert.Equal("subset e-19: version is v1, not v2", _filtering.Excluded[0]);
        Assert.Contains("ready e-18: draining", _filtering.Excluded, StringComparer.Ordinal);
        Assert.Equal(
            ["slow-start: 1 became ready in the last 1m40s; 1 of them get less than their weight.", "zone: 14.2 % stays in zone a.", "aperture: c-0 uses 4 of 18 from the place 0.6401 on."],
            _filtering.Notes);
        Assert.Equal(TimeSpan.FromSeconds(5), _filtering.Last!.RepeatAfter);
    }

    [Fact]
    public void Apply_NobodyIsReady_StandsInNobodysWay()
    {
        Endpoint[] endpoints = [.. Enumerable.Range(0, 20).Select(static i => Make.Endpoint($"e-{i:00}", EndpointState.NotReady) with
        {
            Zone = i < 10 ? "a" : "b",
            Since = Filtering.Now,
        })];

        Assert.Equal(20, _filtering.Apply(Everything with { Subset = SmallMap<string>.Empty }, _filtering.Read(endpoints)).Length);
        Assert.Equal(["ready: No endpoint is ready; requests go to the next best."], _filtering.Notes.Where(static note => note.StartsWith("ready", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Request_NobodyHasTheLabels_SaysWhichThereAre()
    {
        await using var application = new Application(
            null, ("Rollcall:Services:orders", "fake:///orders"), ("Rollcall:Subset:version", "v2"));
        application.Source.Set(new Endpoint("a", "10.0.0.1", 80) { Metadata = new SmallMap<string>([new("version", "v1")]) });

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => application.SendAsync("http://orders/"));

        Assert.Contains("none of its 1 usable endpoints has version=v2 (there are: version v1 on 1)", error.Message, StringComparison.Ordinal);
        application.Source.Set(new Endpoint("b", "10.0.0.2", 80) { Metadata = new SmallMap<string>([new("version", "v2")]) });
        await application.Time.AdvanceUntilAsync(
            () => application.Router.Find(new Uri("http://orders"), new() { Subset = new SmallMap<string>([new("version", "v2")]) })!.Current?.Problem is null,
            TimeSpan.FromMilliseconds(100),
            TimeSpan.FromSeconds(20));
        Assert.Equal("http://10.0.0.2/", await application.SendAsync("http://orders/"));
    }

    [Fact]
    public async Task Request_WhileAnEndpointIsNew_ItsPartGrowsByItself()
    {
        await using var application = new Application(
            null, ("Rollcall:Services:orders", "fake:///orders"), ("Rollcall:SlowStartWindow", "10s"), ("Rollcall:Balancer", "round-robin"));
        var old = new Endpoint("a", "10.0.0.1", 80);
        application.Source.Set(old);
        await application.SendAsync("http://orders/");
        application.Source.Set(old, new Endpoint("b", "10.0.0.2", 80));
        await application.Time.AdvanceUntilAsync(() => application.Router.Find(new Uri("http://orders"), Settings)!.Current!.Count == 2, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1));

        var early = await PartAsync();
        await PassAsync(TimeSpan.FromSeconds(5));
        var half = await PartAsync();
        await PassAsync(TimeSpan.FromSeconds(6));

        Assert.InRange(early, 0.08, 0.2);
        Assert.InRange(half, 0.25, 0.4);
        Assert.Equal(0.5, await PartAsync(), 0.01);

        Task PassAsync(TimeSpan time)
        {
            var end = application.Time.GetUtcNow() + time;
            return application.Time.AdvanceUntilAsync(() => application.Time.GetUtcNow() >= end, TimeSpan.FromMilliseconds(500), time + time);
        }

        async Task<double> PartAsync()
        {
            var news = 0;
            for (var i = 0; i < 200; i++)
                news += await application.SendAsync("http://orders/") == "http://10.0.0.2/" ? 1 : 0;
            return news / 200.0;
        }
    }

    private static BalancingSettings Settings => new() { Policy = Balancers.RoundRobin, SlowStart = new(TimeSpan.FromSeconds(10), 0.1, 1) };
}
