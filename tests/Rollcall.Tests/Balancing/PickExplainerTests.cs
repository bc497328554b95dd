using Rollcall.Balancing;
using Rollcall.TestKit;
using Rollcall.Tests.Health;

namespace Rollcall.Tests.Balancing;

public sealed class PickExplainerTests
{
    private readonly VirtualTime _time = new();
    private readonly PickExplainer _explainer;

    public PickExplainerTests() => _explainer = new PickExplainer(new Balancers(new Random(1)), _time);

    [Fact]
    public void Explain_TellsTheSnapshotTheStepsAndTheCandidates()
    {
        Endpoint[] endpoints =
        [
            Make.Endpoint("a") with { Zone = "a", Metadata = Version("v2") },
            Make.Endpoint("b") with { Zone = "b", Metadata = Version("v2") },
            Make.Endpoint("c") with { Zone = "a", Metadata = Version("v1") },
            Make.Endpoint("d", EndpointState.NotReady) with { Zone = "a", Metadata = Version("v2"), Reason = "warming up" },
            Make.Endpoint("e", weight: 50) with { Zone = "a", Metadata = Version("v2") },
            Make.Endpoint("f") with { Zone = "a", Metadata = Version("v2"), Priority = 1 },
        ];
        var set = new EndpointSet(Make.Target, endpoints, 7, _time.GetUtcNow() - TimeSpan.FromSeconds(90), Freshness.Stale("the node is away"));

        var explanation = _explainer.Explain(set, new() { Balancer = "round-robin", Zone = "a", PreferOwnZone = true, Subset = { ["version"] = "v2" } });

        Assert.Equal(("static:///orders", "round-robin", 7L, 90.0, "stale", "the node is away", 6), (
            explanation.Target, explanation.Policy, explanation.Revision, explanation.AgeSeconds, explanation.Freshness, explanation.FreshnessReason, explanation.Considered));
        Assert.Equal(
            ["subset 6→5 c: version is v1, not v2", "zone 5→4 b: in zone b; all stays in a", "ready 4→3 d: not-ready: warming up"],
            explanation.Steps.Select(static step => $"{step.Filter} {step.Before}→{step.After} {string.Join(", ", (step.Removed ?? []).Select(static removed => $"{removed.Id}: {removed.Reason}"))}"));
        Assert.Equal("Failover group 0: 100 % stays in zone a.", explanation.Steps[1].Notes![0]);
        Assert.Equal(["a 0 0.667", "e 0 0.333", "f 1 1"], explanation.Candidates.Select(static candidate => $"{candidate.Id} {candidate.Priority ?? 0} {Math.Round(candidate.Share, 3)}"));
        Assert.Contains(explanation.Winner, new[] { "a", "e" });
        Assert.Contains("of all requests go to it", explanation.Why, StringComparison.Ordinal);
        Assert.Null(explanation.KeyHash);
    }

    [Fact]
    public void Explain_Nobody_SaysWhy()
    {
        var empty = _explainer.Explain(Make.Set(1));
        Assert.Equal((null, "Nobody: no endpoint is known."), (empty.Winner, empty.Why));

        var nobody = _explainer.Explain(Make.Set(1, Make.Endpoint("a")), new() { Subset = { ["version"] = "v2" } });
        Assert.Equal("Nobody: none of its 1 usable endpoints has version=v2 (there are: version none on 1).", nobody.Why);
        Assert.Empty(nobody.Candidates);
    }

    [Fact]
    public void Explain_AnySituation_IsWhatAPickDoes()
    {
        string[] policies = [Balancers.RingHash, Balancers.Maglev, "pick-first"];
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var balancers = new Balancers(new Random(1));
            var settings = new BalancingSettings
            {
                Policy = policies[random.Next(3)],
                PreferredZone = random.Next(2) == 0 ? "z0" : null,
                Aperture = random.Next(2) == 0 ? new(3, "c-1") : null,
            };
            var health = TestHealth.Of(_time);
            var set = Make.Set(1, [.. Enumerable.Range(0, random.Next(1, 12)).Select(i => Make.Endpoint($"e{i:00}", random.Next(6) == 0 ? EndpointState.NotReady : EndpointState.Ready) with
            {
                Zone = $"z{random.Next(3)}",
                Priority = random.Next(4) == 0 ? 1 : 0,
            })]);
            foreach (var endpoint in health.Read(set).Where(_ => random.Next(5) < 3))
                health.Silent(endpoint);
            _time.Advance(TimeSpan.FromSeconds(random.Next(3)));
            var key = $"key-{seed}";
            var selection = Selection<Item>.Build(
                set, new SelectionUse<Item>(static endpoint => new Item(endpoint), static _ => ""), FilterChain.Of(settings), new FilterContext(health, _time.GetUtcNow()), balancers.Get(settings.Policy), null);

            var explained = new PickExplainer(balancers, _time).Explain(set, health, settings, key, whyUnusable: null);
            var picked = selection.Pick(PickContext.ForKey(key), tried: null);

            Assert.True(explained.Winner == picked?.Endpoint.Endpoint.Id, $"seed {seed}: {explained.Why}: {explained.Winner}, but {picked?.Endpoint.Endpoint.Id} was picked");
            Assert.True(explained.Candidates.Any(candidate => candidate.Id == explained.Winner), $"seed {seed}: {explained.Winner} is no candidate");
        }
    }

    [Fact]
    public void Explain_AllThatAreLeftAreAvoided_TellsOfThoseLeftOut()
    {
        var health = TestHealth.Of(_time);
        var set = Make.Set(1, Make.Endpoint("a") with { Zone = "a" }, Make.Endpoint("b") with { Zone = "b" });
        health.Silent(health.Read(set)[0]);
        var settings = new BalancingSettings { Policy = "round-robin", Aperture = new(1, "c-0") };
        var part = _explainer.Explain(set, TestHealth.Of(_time), settings, null, null).Candidates.Single().Id;
        foreach (var endpoint in health.Read(set).Where(endpoint => endpoint.Endpoint.Id == part))
            health.Silent(endpoint);
        if (part == "b")
            health.Answered(health.Read(set)[0]);

        var explanation = _explainer.Explain(set, health, settings, null, null);

        Assert.NotEqual(part, explanation.Winner);
        Assert.Equal("It is the only one left, among those that the filters leave out, since all that they leave are avoided.", explanation.Why);
        Assert.Equal(["a", "b"], explanation.Candidates.Select(static candidate => candidate.Id).Order());
    }

    [Theory]
    [InlineData(Balancers.RingHash)]
    [InlineData(Balancers.Maglev)]
    public void Explain_ALargeSet_WalksTheOrderOfTheKeyOnce(string policy)
    {
        // Once for each candidate it would take minutes.
        var set = Make.Set(1, [.. Enumerable.Range(0, 10_000).Select(static i => Make.Endpoint($"e{i:00000}"))]);
        var start = TimeProvider.System.GetTimestamp();

        var explanation = _explainer.Explain(set, new() { Balancer = policy }, "key");

        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TestKit.Eventually.Limit);
        Assert.Equal(0, explanation.Candidates.Single(candidate => candidate.Id == explanation.Winner).Score);
    }

    [Fact]
    public void Explain_WithAKey_TellsItsHash()
    {
        var explanation = _explainer.Explain(Make.Set(1, Make.Endpoint("a")), key: "abc");

        Assert.Equal(("abc", "44bc2cf5ad770999"), (explanation.Key, explanation.KeyHash));
    }

    [Fact]
    public void Explain_WrongOptions_NamesAll()
    {
        var error = Assert.Throws<ArgumentException>(() => _explainer.Explain(Make.Set(1), new() { Balancer = "fastest", Aperture = -1 }));

        Assert.StartsWith("Balancer is 'fastest'; there are: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("Aperture is -1", error.Message, StringComparison.Ordinal);
    }

    private sealed class Item(BalancedEndpoint endpoint) : ISelectable
    {
        public BalancedEndpoint Endpoint => endpoint;
    }

    private static SmallMap<string> Version(string version) => new([new("version", version)]);
}
