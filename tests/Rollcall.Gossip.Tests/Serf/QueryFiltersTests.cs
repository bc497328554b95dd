using Rollcall.Gossip.Serf;

namespace Rollcall.Gossip.Tests.Serf;

public sealed class QueryFiltersTests
{
    private static readonly byte[] Meta = SerfTags.Encode(new Dictionary<string, string>(StringComparer.Ordinal) { ["role"] = "web-7", ["dc"] = "east" })!;

    [Theory]
    [InlineData(true, "me")]
    [InlineData(true, "other", "me")]
    [InlineData(false, "other")]
    [InlineData(false, "m")]
    [InlineData(false)]
    public void A_node_is_asked_by_its_name(bool passes, params string[] names) => Assert.Equal(passes, Pass(SerfBytes.NodeFilter(names)));

    [Theory]
    [InlineData("role", "web", true)]
    [InlineData("role", "^web-[0-9]+$", true)]
    [InlineData("role", "^(db|cache)$", false)]
    [InlineData("role", "^eb", false)]
    [InlineData("dc", "East", false)]
    [InlineData("dc", "(?i)East", true)]
    [InlineData("none", "^$", true)]
    [InlineData("none", ".", false)]
    public void A_tag_is_searched_for_the_expression(string tag, string expression, bool passes) => Assert.Equal(passes, Pass(SerfBytes.TagFilter(tag, expression)));

    [Theory]
    [InlineData("(")]
    [InlineData("(?=web)")] // no back-tracking, no looking ahead: neither has Go
    [InlineData(@"(.)\1")]
    [InlineData("[[:alpha:]]")] // Go's alone
    [InlineData("(?P<name>web)")]
    [InlineData("((((((w{1000}){1000}){1000}){1000}){1000})?)")]
    public void An_expression_that_cannot_be_judged_lets_nothing_through(string expression) => Assert.False(Pass(SerfBytes.TagFilter("role", expression)));

    [Fact]
    public void An_expression_has_a_length()
    {
        Assert.True(Pass(SerfBytes.TagFilter("role", string.Concat(Enumerable.Repeat("y?", QueryFilters.MaxExpressionBytes / 2)))));
        Assert.False(Pass(SerfBytes.TagFilter("role", string.Concat(Enumerable.Repeat("y?", QueryFilters.MaxExpressionBytes / 2)) + "?")));
    }

    [Theory]
    [InlineData("^(w?e{0,8}b{1,8})", true)]
    [InlineData("w{0,65}", false)]
    [InlineData("(w{0,9}){0,9}", false)]
    [InlineData("w{0,64}", true)]
    [InlineData("w{0,}", true)]
    [InlineData("w{1}{9999999999999999999999}", false)]
    public void An_expression_has_so_many_repetitions(string expression, bool passes) => Assert.Equal(passes, Pass(SerfBytes.TagFilter("role", expression)));

    [Fact]
    public void So_many_expressions_are_judged()
    {
        long expressions = 3;
        var filters = SerfBytes.Filters(SerfBytes.TagFilter("role", "web"), SerfBytes.NodeFilter("me"), SerfBytes.TagFilter("dc", "east"));
        Assert.True(QueryFilters.Pass(filters, "me"u8, Meta, ref expressions));
        Assert.False(QueryFilters.Pass(filters, "me"u8, Meta, ref expressions));
        expressions = 0;
        Assert.True(QueryFilters.Pass(SerfBytes.Filters(SerfBytes.NodeFilter("me")), "me"u8, Meta, ref expressions));
    }

    [Theory]
    [InlineData("(a*)*$", 1)]
    [InlineData("(a+)+$", 1)]
    [InlineData("(a|aa)+$", 1)]
    [InlineData("(a|a?)+$", 1)]
    [InlineData("([a-zA-Z]+)*$", 1)]
    [InlineData("(a|b)*a(a|b){64}$", 1)]
    [InlineData("(.*a.{60})*$", 1)]
    [InlineData("(.*a........................................................................................................................)*$", 1)]
    [InlineData(".*a", 80)]
    [InlineData("(.*a)?", 40)]
    [InlineData("(a*)*", 50)]
    [InlineData("(a|aa)+", 30)]
    [InlineData("[ab]?", 48)]
    [InlineData(@"\w+", 80)]
    public void An_evil_expression_costs_little(string part, int times)
    {
        // At this value back-tracking takes longer than the universe is old, and doing without takes gigabytes. That it ends at all says that it is cut off; how much it takes is counted in bytes.
        var meta = SerfTags.Encode(new Dictionary<string, string>(StringComparer.Ordinal) { ["role"] = new string('a', 480) + "!" })!;
        var expression = string.Concat(Enumerable.Repeat(part, times));
        Assert.InRange(expression.Length, 1, QueryFilters.MaxExpressionBytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        long expressions = 1;
        QueryFilters.Pass(SerfBytes.Filters(SerfBytes.TagFilter("role", expression)), "me"u8, meta, ref expressions);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * 1024 * 1024);
    }

    [Fact]
    public void All_filters_have_to_let_it_through()
    {
        Assert.True(Pass(SerfBytes.NodeFilter("me"), SerfBytes.TagFilter("dc", "east"), SerfBytes.TagFilter("role", "web")));
        Assert.False(Pass(SerfBytes.NodeFilter("me"), SerfBytes.TagFilter("dc", "west")));
        Assert.True(Pass());
        long none = 0;
        Assert.True(QueryFilters.Pass(default, "me"u8, Meta, ref none));
        Assert.False(Pass([.. Enumerable.Repeat(SerfBytes.NodeFilter("me"), QueryFilters.MaxFilters + 1)]));
    }

    [Theory]
    [InlineData("")] // an agent would end itself over it
    [InlineData("02")]
    [InlineData("00")]
    [InlineData("00a26d65")]
    [InlineData("01")]
    [InlineData("0182a4457870")]
    public void A_filter_that_is_none_lets_nothing_through(string hex) => Assert.False(Pass(Convert.FromHexString(hex)));

    private static bool Pass(params byte[][] filters)
    {
        long expressions = SerfQueries.MaxExpressions;
        return QueryFilters.Pass(SerfBytes.Filters(filters), "me"u8, Meta, ref expressions);
    }
}
