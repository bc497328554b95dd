using Rollcall.Health;

namespace Rollcall.Tests.Health;

/// <summary>What is said to the table, and what it does: after each arrow.</summary>
public sealed class AvoidanceTableTests
{
    [Fact]
    public void Unreachable_IsTriedOnceEachTimeAndAvoidedTwiceAsLong() => Check("""
        set a b c
        unreachable a -> a avoided for 1s
        unreachable a -> nothing
        try a -> no
        +1s
        try a -> yes
        try a -> no
        unreachable a -> nothing
        +1.9s
        try a -> no
        +0.1s
        try a -> yes
        well a -> a used
        try a -> yes
        unreachable a -> a avoided for 1s
        """);

    [Fact]
    public void Ejected_AgainAndAgain_ForLonger() => Check("""
        set a b c
        eject a -> a ejected for 5s
        eject a -> nothing
        +5s
        try a -> yes
        bad a -> a ejected for 10s
        +10s
        try a -> yes
        bad a -> a ejected for 15s
        +15s
        try a -> yes
        well a -> a used
        +10s
        eject a -> a ejected for 20s
        """);

    [Fact]
    public void Ejected_WellForAWhile_IsForgivenStepByStep() => Check("""
        set a b c
        eject a -> a ejected for 5s
        +5s
        try a -> yes
        bad a -> a ejected for 10s
        +10s
        try a -> yes
        well a -> a used
        +30s
        eject a -> a ejected for 10s
        +10s
        well a -> a used
        +3600s
        eject a -> a ejected for 5s
        """);

    [Fact]
    public void Ejected_NeverLongerThanTheLongest() => Check(
        """
        set a b c
        eject a -> a ejected for 5s
        +5s
        try a -> yes
        bad a -> a ejected for 8s
        +8s
        try a -> yes
        bad a -> a ejected for 8s
        """,
        new HealthOptions { MaxEjectionTime = TimeSpan.FromSeconds(8) });

    [Fact]
    public void Ejected_NothingIsHeardOfTheTry_TheNextComesAfterAWhile() => Check("""
        set a b c
        eject a -> a ejected for 5s
        +5s
        try a -> yes
        +4.9s
        try a -> no
        +0.1s
        try a -> yes
        """);

    [Fact]
    public void Ejected_TheTryFindsNobody_IsEjectedForLonger() => Check("""
        set a b c
        eject a -> a ejected for 5s
        unreachable a -> nothing
        +5s
        try a -> yes
        unreachable a -> a ejected for 10s
        """);

    [Fact]
    public void Ejected_UpToTheShare_TheNextIsSpared() => Check("""
        set a b c d
        eject a -> a ejected for 5s
        eject b -> b ejected for 5s
        eject c -> c spared
        well a -> a used
        eject c -> c ejected for 5s
        """);

    [Fact]
    public void Ejected_OneOfTwoButNotTheOnlyOne() => Check("""
        set a
        eject a -> a spared
        set a b
        eject a -> a ejected for 5s
        eject b -> b spared
        """);

    [Fact]
    public void Unreachable_CannotBeEjectedAsWell() => Check("""
        set a b c
        unreachable a -> a avoided for 1s
        eject a -> nothing
        """);

    [Fact]
    public void Panic_WhileFewerThanTheThresholdAreLeft() => Check("""
        set a b c d
        unreachable a -> a avoided for 1s
        unreachable b -> b avoided for 1s
        unreachable c -> c avoided for 1s panic
        well a -> a used calm
        eject d -> d ejected for 5s panic
        set a b c d e -> calm
        """);

    [Fact]
    public void Panic_CountsOnlyThoseThatAreReady() => Check("""
        set a b c d!
        unreachable a -> a avoided for 1s
        unreachable b -> b avoided for 1s
        unreachable d -> d avoided for 1s
        unreachable c -> c avoided for 1s panic
        """);

    [Fact]
    public void Left_IsNoLongerCounted() => Check("""
        set a b c d
        eject a -> a ejected for 5s
        eject b -> b ejected for 5s
        set c d e f
        eject c -> c ejected for 5s
        eject d -> d ejected for 5s
        eject e -> e spared
        """);

    [Fact]
    public void NewsOfAnEndpoint_EndsItButRemembersHowOften() => Check("""
        set a b c
        eject a -> a ejected for 5s
        set a! b c
        set a b c
        try a -> yes
        eject a -> a ejected for 10s
        """);

    [Fact]
    public void NewsOfAnEndpoint_BeginsTheTimeInWhichItIsForgiven() => Check("""
        set a b c
        eject a -> a ejected for 5s
        +5s
        try a -> yes
        bad a -> a ejected for 10s
        +3600s
        set a! b c
        set a b c
        eject a -> a ejected for 15s
        """);

    [Fact]
    public void Unreachable_EndsAnEjection_AndBeginsTheTimeInWhichItIsForgiven() => Check("""
        set a b c
        eject a -> a ejected for 5s
        +3600s
        unreachable a -> a avoided for 2s
        well a -> a used
        eject a -> a ejected for 10s
        """);

    [Fact]
    public void NotReadyAnyMore_EndsNothingButCountsNoMore() => Check("""
        set a b c d
        eject c -> c ejected for 5s
        set a b c! d! e f
        try c -> no
        eject a -> a ejected for 5s
        eject b -> b ejected for 5s
        eject e -> e spared
        """);

    // Lines without an arrow are for what is bound to happen.
    private static void Check(string script, HealthOptions? options = null)
    {
        var expected = script.ReplaceLineEndings("\n").Trim().Split('\n').Select(static line => line.StartsWith("set", StringComparison.Ordinal) && !line.Contains("->", StringComparison.Ordinal) ? line + " -> nothing" : line);
        Assert.Equal(string.Join('\n', expected), AvoidanceTranscript.Play(script, options));
    }
}
