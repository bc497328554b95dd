using Rollcall.Balancing;
using Rollcall.Http;
using Rollcall.TestKit;
using Rollcall.Tests.Balancing;

namespace Rollcall.Tests.Http;

public sealed class RouteTableTests
{
    private readonly EndpointBook _book = new();
    private readonly CountingBalancer _balancer = new();
    private readonly Suspicion _suspicion = new(new VirtualTime(), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

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
        table.PickAny().Endpoint.Begin();

        var next = Build(Make.Set(2, Make.Endpoint("a") with { Host = "10.0.0.9" }), table);

        Assert.Equal("http://10.0.0.9:8080", next.PickAny().Authority);
        Assert.Equal(1, next.PickAny().Endpoint.InFlight);
    }

    [Fact]
    public void Pick_SomeAreAvoided_TakesTheOthersInTurn()
    {
        var table = Build(Make.Set(1, [.. "abcdefgh".Select(static id => Make.Endpoint(id.ToString()))]), null);
        var avoided = Enumerable.Range(0, 6).Select(_ => table.PickAny()).ToArray();
        foreach (var destination in avoided)
            _suspicion.Failed(destination.Endpoint);

        var picked = Enumerable.Range(0, 100).Select(_ => table.Pick(_suspicion, null)!).ToArray();

        Assert.Empty(picked.Intersect(avoided));
        Assert.Equal(2, picked.Distinct().Count());
    }

    [Fact]
    public void Pick_AllAreAvoided_TakesAnyInTurn()
    {
        var table = Build(Make.Set(1, Make.Endpoint("a"), Make.Endpoint("b"), Make.Endpoint("c")), null);
        for (var i = 0; i < 3; i++)
            _suspicion.Failed(table.PickAny().Endpoint);

        Assert.Equal(3, Enumerable.Range(0, 30).Select(_ => table.Pick(_suspicion, null)).Distinct().Count());
    }

    [Fact]
    public void Pick_AfterFailures_IsNobodyWhoFailedUntilAllHave()
    {
        var table = Build(Make.Set(1, Make.Endpoint("a"), Make.Endpoint("b"), Make.Endpoint("c")), null);
        var failed = new FailedTries();

        for (var i = 0; i < 3; i++)
        {
            var destination = table.Pick(_suspicion, failed);
            Assert.False(failed.Contains(destination!.Endpoint));
            failed.Add(destination, new TryResult(TryOutcome.Reset, new IOException()));
        }

        Assert.Null(table.Pick(_suspicion, failed));
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
        var failed = new FailedTries();
        for (var i = 0; i < 2; i++)
            failed.Add(table.Pick(_suspicion, failed)!, new TryResult(TryOutcome.Unreachable, new IOException()));
        Assert.Equal("a", table.Pick(_suspicion, failed)!.Endpoint.Endpoint.Id);

        void Avoid(params string[] ids)
        {
            foreach (var endpoint in _book.Read(table.Set).Where(endpoint => ids.Contains(endpoint.Endpoint.Id, StringComparer.Ordinal)))
                _suspicion.Failed(endpoint);
        }
    }

    private string[] Ids(RouteTable table) =>
        [.. Enumerable.Range(0, 20).Select(_ => table.Pick(_suspicion, null)!.Endpoint.Endpoint.Id).Distinct().Order(StringComparer.Ordinal)];

    private RouteTable Build(EndpointSet set, RouteTable? before) =>
        RouteTable.Build(set, _book.Read(set), new PortRule(RequestScheme.Find("http")!, null), _balancer, before);

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
