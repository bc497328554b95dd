using Rollcall.Cli.Usage;

namespace Rollcall.Cli.Tests.Usage;

public sealed class SuggestionsTests
{
    private static readonly string[] Words = ["services", "serve", "instances", "watch", "watchers", "pick"];

    [Theory]
    [InlineData("servces", "services")]
    [InlineData("sevre", "serve")]
    [InlineData("inst", "instances")]
    [InlineData("wathc", "watch")]
    [InlineData("watchrs", "watchers")]
    [InlineData("frobnicate", null)]
    [InlineData("x", null)]
    public void Nearest_finds_typos_and_beginnings_only(string word, string? expected) =>
        Assert.Equal(expected, Suggestions.Nearest(word, Words));

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "acb", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void Distance_counts_edits_and_swaps(string a, string b, int expected) => Assert.Equal(expected, Suggestions.Distance(a, b));
}
