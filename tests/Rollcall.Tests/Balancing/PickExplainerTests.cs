using Rollcall.Balancing;
using Rollcall.TestKit;

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

    private static SmallMap<string> Version(string version) => new([new("version", version)]);
}
