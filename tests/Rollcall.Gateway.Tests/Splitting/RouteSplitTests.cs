using System.Globalization;
using Rollcall.Gateway.Configuration;
using Rollcall.Gateway.Splitting;

namespace Rollcall.Gateway.Tests.Splitting;

public sealed class RouteSplitTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("v1=90 v2=10", "v2=50", "v1=50 v2=50")]
    [InlineData("v1=90 v2=10", "v2=100", "v1=0 v2=100")]
    [InlineData("v1=60 v2=10 v3=30", "v2=40", "v1=40 v2=40 v3=20")]
    [InlineData("v1=60 v2=10 v3=30", "v2=40 v3=0", "v1=60 v2=40 v3=0")]
    [InlineData("v1=1 v2=0", "v2=12.5", "v1=87.5 v2=12.5")]
    [InlineData("v1=1 v2=1 v3=1", "v1=33.33 v2=33.33 v3=33.34", "v1=33.33 v2=33.33 v3=33.34")]
    public void Shift_SomeVersions_LeavesTheRestInProportion(string file, string shift, string expected)
    {
        var split = Split(file);

        Assert.Null(split.Shift(Shares(shift), Now));
        Assert.Equal(expected, Text(split));
        Assert.Equal(Now, split.ShiftedAt);
    }

    [Theory]
    [InlineData("v1=90 v2=10", "v3=10", "There is no version 'v3'; there are: v1, v2.")]
    [InlineData("v1=90 v2=10", "v2=101", "The share of 'v2' is 101%; it must be from 0% to 100%.")]
    [InlineData("v1=60 v2=10 v3=30", "v2=60 v3=50", "The shares sum to 110%; at most 100% can be given.")]
    [InlineData("v1=90 v2=10", "v1=50 v2=10", "Every version is named and the shares sum to 60%; they must sum to 100%, or leave out a version that gets the rest.")]
    [InlineData("v1=0 v2=10", "v2=10", "90% would go nowhere: the versions that are not named have no weight. Name shares that sum to 100%.")]
    [InlineData("v1=90 v2=10", "", "No version is named. Write at least one, such as v2=10%.")]
    public void Shift_Nonsense_IsRefusedAndChangesNothing(string file, string shift, string problem)
    {
        var split = Split(file);
        var before = Text(split);

        Assert.Equal(problem, split.Shift(Shares(shift), Now));
        Assert.Equal(before, Text(split));
        Assert.Null(split.ShiftedAt);
    }

    [Fact]
    public void Shift_BackFromAll_UsesTheProportionOfTheFile()
    {
        var split = Split("v1=60 v2=10 v3=30");
        Assert.Null(split.Shift(Shares("v2=100"), Now));

        Assert.Null(split.Shift(Shares("v2=10"), Now));

        Assert.Equal("v1=60 v2=10 v3=30", Text(split));
    }

    [Fact]
    public void Reset_AfterAShift_IsAsInTheFile()
    {
        var split = Split("v1=90 v2=10");
        Assert.Null(split.Shift(Shares("v2=50"), Now));

        split.Reset();

        Assert.Equal("v1=90 v2=10", Text(split));
        Assert.Null(split.ShiftedAt);
    }

    [Fact]
    public void Inherit_TheSameVersionsAndWeights_KeepsTheShift()
    {
        var before = Split("v1=90 v2=10");
        Assert.Null(before.Shift(Shares("v2=50"), Now));
        var (same, other) = (Split("v1=90 v2=10"), Split("v1=80 v2=20"));

        same.Inherit(before);
        other.Inherit(before);

        Assert.Equal("v1=50 v2=50", Text(same));
        Assert.Equal(Now, same.ShiftedAt);
        Assert.Equal("v1=80 v2=20", Text(other));
    }

    private static RouteSplit Split(string text) => new([.. Shares(text).Select(static share => new SplitConfig(share.Key, "cluster", share.Value))]);

    private static Dictionary<string, double> Shares(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(static part => part.Split('='))
        .ToDictionary(static part => part[0], static part => double.Parse(part[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);

    private static string Text(RouteSplit split) =>
        string.Join(' ', split.Table.Shares.Select(static share => string.Create(CultureInfo.InvariantCulture, $"{share.Version}={share.Weight:0.####}")));
}
