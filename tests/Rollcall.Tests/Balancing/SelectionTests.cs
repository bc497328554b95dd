using Rollcall.Balancing;
using Rollcall.Health;
using Rollcall.Http;
using Rollcall.TestKit;
using Rollcall.Tests.Health;

namespace Rollcall.Tests.Balancing;

public sealed class SelectionTests
{
    private static readonly PortRule Ports = new(RequestScheme.Find("http")!, null);
    private static readonly SelectionUse<Destination> Use =
        new(static endpoint => Ports.Authority(endpoint.Endpoint) is { } authority ? new Destination(endpoint, authority) : null, Ports.Explain);

    private readonly CountingBalancer _balancer = new();
    private readonly ServiceHealth _health = TestHealth.Of(new VirtualTime());

    [Fact]
    public void Build_OnlyTheFreshnessChanged_GoesOnWithTheSamePicker()
    {
        Endpoint[] endpoints = [Make.Endpoint("a"), Make.Endpoint("b")];
        var table = Build(Make.Set(1, endpoints), null);

        var stale = Build(new EndpointSet(Make.Target, endpoints, 2, DateTimeOffset.UnixEpoch, Freshness.Stale("gone")), table);

        Assert.Equal(1, _balancer.Pickers);
        Assert.False(stale.Set.Freshness.IsLive);
    }

    [Fact]
    public void Build_SomebodyIsNotReadyAnyMore_MakesANewPicker()
    {
        var table = Build(Make.Set(1, Make.Endpoint("a"), Make.Endpoint("b")), null);

        var next = Build(Make.Set(2, Make.Endpoint("a"), Make.Endpoint("b", EndpointState.Draining)), table);

        Assert.Equal(2, _balancer.Pickers);
        Assert.Equal(1, next.Count);
    }

    [Fact]
    public void Build_AddressMoves_MakesANewPickerAndKeepsWhatWasLearned()
    {
        var table = Build(Make.Set(1, Make.Endpoint("a")), null);
        table.Groups[0].Pick(PickContext.None).Endpoint.Begin();

        var next = Build(Make.Set(2, Make.Endpoint("a") with { Host = "10.0.0.9" }), table);

        Assert.Equal("http://10.0.0.9:8080", next.Groups[0].Pick(PickContext.None).Authority);
        Assert.Equal(1, next.Groups[0].Pick(PickContext.None).Endpoint.InFlight);
    }

    [Fact]
    public void Pick_OwnZoneTriedInVain_TakesOneOfAnotherZone()
    {
        // As a request sees it that fails on both before the selection is made anew.
        var set = Make.Set(1, Make.Endpoint("a-1") with { Zone = "a" }, Make.Endpoint("a-2") with { Zone = "a" }, Make.Endpoint("b-1") with { Zone = "b" }, Make.Endpoint("b-2", EndpointState.Draining) with { Zone = "b" });
        var table = Selection<Destination>.Build(set, Use, FilterChain.Of(new() { PreferredZone = "a" }), new FilterContext(_health, DateTimeOffset.UnixEpoch), _balancer, null);
        var tried = new TriedEndpoints();

        var picked = new List<string>();
        while (table.Pick(PickContext.None, picked.Count == 0 ? null : tried) is { } destination)
        {
            picked.Add(destination.Endpoint.Endpoint.Id);
            tried.Add(destination.Endpoint);
        }

        Assert.Equal(["a-1", "a-2"], picked.Take(2).Order());
        Assert.Equal(["b-1"], picked.Skip(2));
    }

    [Fact]
    public void Pick_EverybodyOfTheApertureIsAvoided_TakesThoseBeyond()
    {
        var set = Make.Set(1, [.. "abcdefgh".Select(static (id, i) => Make.Endpoint(id.ToString()) with { Zone = i % 2 == 0 ? "even" : "odd" })]);
        var filters = FilterChain.Of(new() { PreferredZone = "even", Aperture = new(2, "c-0") });
        var table = Selection<Destination>.Build(set, Use, filters, new FilterContext(_health, DateTimeOffset.UnixEpoch), _balancer, null);
        Assert.Equal(1, _balancer.Pickers);
        Assert.Equal(8, table.Count);
        var part = table.Items.ToArray();
        Assert.Equal(2, part.Length);
        foreach (var destination in part)
            _health.Silent(destination.Endpoint);

        // Of the own zone and of the others, in the order of the endpoints.
        Assert.Equal("abcdefgh".Select(static id => id.ToString()).Except(part.Select(static destination => destination.Endpoint.Endpoint.Id)), Ids(table));
        Assert.Equal(2, _balancer.Pickers);
        Assert.Equal(8, table.Items.Count());

        var next = Selection<Destination>.Build(set, Use, filters, new FilterContext(_health, DateTimeOffset.UnixEpoch), _balancer, table);
        Assert.DoesNotContain(next.Pick(PickContext.None, null), part);
    }

    [Fact]
    public void Pick_LabelsAreStrict_NobodyWithoutThemIsASpare()
    {
        var set = Make.Set(1, Make.Endpoint("a") with { Metadata = new([new("version", "v2")]) }, Make.Endpoint("b"));
        var filters = FilterChain.Of(new() { Subset = new([new("version", "v2")]), Aperture = new(1, "c-0") });
        var table = Selection<Destination>.Build(set, Use, filters, new FilterContext(_health, DateTimeOffset.UnixEpoch), _balancer, null);
        _health.Silent(table.Groups[0].Pick(PickContext.None).Endpoint);

        Assert.Equal(["a"], Ids(table));
    }

    [Fact]
    public void Build_AnyHistory_MakesItemsOnlyOfEndpointsThatAreNew()
    {
        for (var seed = 1; seed <= 50; seed++)
        {
            var random = new Random(seed);
            var made = new List<string>();
            var use = new SelectionUse<Destination>(endpoint => Made(endpoint), Ports.Explain);
            Selection<Destination>? table = null;
            Dictionary<string, Endpoint> known = [];
            for (var revision = 1; revision <= 20; revision++)
            {
                Endpoint[] endpoints = [.. Enumerable.Range(0, 12).Where(_ => random.Next(3) > 0).Select(i => Make.Endpoint($"e-{i:00}", weight: 50 + random.Next(2)))];
                made.Clear();
                table = Selection<Destination>.Build(
                    Make.Set((seed * 100) + revision, endpoints), use, FilterChain.Of(new()), new FilterContext(_health, DateTimeOffset.UnixEpoch), _balancer, table);

                Assert.Equal(endpoints.Where(endpoint => known.GetValueOrDefault(endpoint.Id) != endpoint).Select(static endpoint => endpoint.Id), made);
                Assert.Equal(endpoints.Where(static endpoint => endpoint.Weight == 50).Select(static endpoint => endpoint.Id), Ids(table, 100));
                known = endpoints.ToDictionary(static endpoint => endpoint.Id);
            }

            Destination? Made(BalancedEndpoint endpoint)
            {
                made.Add(endpoint.Endpoint.Id);
                return endpoint.Endpoint.Weight == 50 ? new Destination(endpoint, endpoint.Endpoint.Id) : null;
            }
        }
    }

    [Fact]
    public void PickAllowed_PolicyWithAnOrder_IsFollowed()
    {
        var set = Make.Set(1, [.. "abcdefghij".Select(static id => Make.Endpoint(id.ToString()))]);
        var ring = new RingHashBalancer(new StripedRandom(new Random(1), 1));
        var table = Selection<Destination>.Build(set, Use, FilterChain.Of(new()), new FilterContext(_health, DateTimeOffset.UnixEpoch), ring, null);
        var candidates = _health.Read(set);
        var picker = ring.CreatePicker(candidates.AsSpan());
        var key = PickContext.ForKey("session");
        var failed = new TriedEndpoints();
        for (var turn = 0; turn < 10; turn++)
        {
            var expected = candidates[picker.Pick(key with { Turn = turn })];
            Assert.Same(expected, table.Pick(key, turn == 0 ? null : failed)!.Endpoint);
            failed.Add(expected);
            if (turn % 2 == 0)
                _health.Silent(expected);
        }
    }

    [Fact]
    public void Pick_SomeAreAvoided_TakesTheOthersInTurn()
    {
        var table = Build(Make.Set(1, [.. "abcdefgh".Select(static id => Make.Endpoint(id.ToString()))]), null);
        var avoided = Enumerable.Range(0, 6).Select(_ => table.Groups[0].Pick(PickContext.None)).ToArray();
        foreach (var destination in avoided)
            _health.Silent(destination.Endpoint);

        var picked = Enumerable.Range(0, 100).Select(_ => table.Pick(PickContext.None, null)!).ToArray();

        Assert.Empty(picked.Intersect(avoided));
        Assert.Equal(2, picked.Distinct().Count());
    }

    [Fact]
    public void Pick_AllAreAvoided_TakesAnyInTurn()
    {
        var table = Build(Make.Set(1, Make.Endpoint("a"), Make.Endpoint("b"), Make.Endpoint("c")), null);
        for (var i = 0; i < 3; i++)
            _health.Silent(table.Groups[0].Pick(PickContext.None).Endpoint);

        Assert.Equal(3, Enumerable.Range(0, 30).Select(_ => table.Pick(PickContext.None, null)).Distinct().Count());
    }

    [Fact]
    public void Pick_AfterFailures_IsNobodyWhoFailedUntilAllHave()
    {
        var table = Build(Make.Set(1, Make.Endpoint("a"), Make.Endpoint("b"), Make.Endpoint("c")), null);
        var failed = new TriedEndpoints();

        for (var i = 0; i < 3; i++)
        {
            var destination = table.Pick(PickContext.None, failed);
            Assert.False(failed.Contains(destination!.Endpoint));
            failed.Add(destination.Endpoint);
        }

        Assert.Null(table.Pick(PickContext.None, failed));
    }

    [Fact]
    public void Pick_SeveralPriorities_GoesOnToTheNextGroupOnlyWhenTheFirstCannotBeReached()
    {
        var table = Build(Make.Set(1, Make.Endpoint("a") with { Priority = 1 }, Make.Endpoint("b"), Make.Endpoint("c")), null);
        Assert.Equal(["b", "c"], Ids(table));

        // Avoided ones are passed over for the next group, as long as that one is not avoided as well.
        Avoid("b", "c");
        Assert.Equal(["a"], Ids(table));
        Avoid("a");
        Assert.Equal(["b", "c"], Ids(table));

        // A request that has tried the first group in vain goes on.
        var failed = new TriedEndpoints();
        for (var i = 0; i < 2; i++)
            failed.Add(table.Pick(PickContext.None, failed)!.Endpoint);
        Assert.Equal("a", table.Pick(PickContext.None, failed)!.Endpoint.Endpoint.Id);

        void Avoid(params string[] ids)
        {
            foreach (var endpoint in _health.Read(table.Set).Where(endpoint => ids.Contains(endpoint.Endpoint.Id, StringComparer.Ordinal)))
                _health.Silent(endpoint);
        }
    }

    private static string[] Ids(Selection<Destination> table, int picks = 20) => table.Problem is not null ? [] :
        [.. Enumerable.Range(0, picks).Select(_ => table.Pick(PickContext.None, null)!.Endpoint.Endpoint.Id).Distinct().Order(StringComparer.Ordinal)];

    private Selection<Destination> Build(EndpointSet set, Selection<Destination>? before) =>
        Selection<Destination>.Build(set, Use, FilterChain.Of(new()), new FilterContext(_health, DateTimeOffset.UnixEpoch), _balancer, before);

    private sealed class CountingBalancer : IBalancer
    {
        private readonly RoundRobinBalancer _inner = new(new Random(1));

        public int Pickers { get; private set; }

        public string Name => "counting";

        public IEndpointPicker CreatePicker(ReadOnlySpan<BalancedEndpoint> candidates)
        {
            Pickers++;
            return _inner.CreatePicker(candidates);
        }
    }
}
