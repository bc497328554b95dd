using Rollcall.Balancing;

namespace Rollcall.Tests.Balancing;

public sealed class CandidatesTests
{
    [Fact]
    public void Choose_SomeReady_TakesOnlyThose() => Assert.Equal(["a", "d"], Choose(
        Make.Endpoint("a"),
        Make.Endpoint("b", EndpointState.NotReady),
        Make.Endpoint("c", EndpointState.Draining),
        Make.Endpoint("d"),
        Make.Endpoint("e", EndpointState.Unknown)));

    [Fact]
    public void Choose_NoneReady_TakesAllThatDoNotDrain() => Assert.Equal(["b", "e"], Choose(
        Make.Endpoint("b", EndpointState.NotReady),
        Make.Endpoint("c", EndpointState.Draining),
        Make.Endpoint("e", EndpointState.Unknown)));

    [Fact]
    public void Choose_OnlyDraining_TakesThose() =>
        Assert.Equal(["c"], Choose(Make.Endpoint("c", EndpointState.Draining)));

    [Fact]
    public void Choose_WeightZero_IsLeftOut() =>
        Assert.Equal(["b"], Choose(Make.Endpoint("a", weight: 0), Make.Endpoint("b", weight: 1)));

    [Fact]
    public void Choose_ReadyWithWeightZero_ComesBeforeNotReady() =>
        Assert.Equal(["a"], Choose(Make.Endpoint("a", weight: 0), Make.Endpoint("b", EndpointState.NotReady)));

    [Fact]
    public void Choose_SeveralPriorities_TakesTheFirstGroupThatHasSomeoneReady() => Assert.Equal(["b", "d"], Choose(
        Make.Endpoint("a", EndpointState.NotReady),
        Make.Endpoint("b") with { Priority = 1 },
        Make.Endpoint("c") with { Priority = 2 },
        Make.Endpoint("d") with { Priority = 1 },
        Make.Endpoint("e", weight: 0) with { Priority = 1 }));

    [Fact]
    public void Groups_SeveralPriorities_AreInTheirOrder() => Assert.Equal(
        ["b,d", "c"],
        Candidates.Groups(Make.Balanced(
            Make.Endpoint("a", EndpointState.Draining),
            Make.Endpoint("b") with { Priority = 1 },
            Make.Endpoint("c") with { Priority = 20 },
            Make.Endpoint("d") with { Priority = 1 })).Select(static group => string.Join(',', group.Select(static endpoint => endpoint.Endpoint.Id))));

    [Fact]
    public void Choose_Nothing_IsNothing() => Assert.Empty(Candidates.Choose([]));

    private static IEnumerable<string> Choose(params Endpoint[] endpoints) =>
        Candidates.Choose(Make.Balanced(endpoints)).Select(static endpoint => endpoint.Endpoint.Id);
}
