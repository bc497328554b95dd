using Rollcall.Kubernetes.Mapping;

namespace Rollcall.Kubernetes.Tests.Mapping;

public sealed class LabelSelectorTests
{
    private static readonly SmallMap<string> Labels = new([new("app", "orders"), new("track", "stable"), new("app.kubernetes.io/part-of", "shop"), new("empty", "")]);

    [Theory]
    [InlineData("app=orders", true)]
    [InlineData("app==orders", true)]
    [InlineData("app=other", false)]
    [InlineData("app!=other", true)]
    [InlineData("absent!=x", true)]
    [InlineData("app=orders,track=canary", false)]
    [InlineData("app=orders, track in (stable,canary)", true)]
    [InlineData("track notin (stable)", false)]
    [InlineData("absent notin (x)", true)]
    [InlineData("absent in (x)", false)]
    [InlineData("app", true)]
    [InlineData("!app", false)]
    [InlineData("!absent", true)]
    [InlineData("absent", false)]
    [InlineData("empty=", true)]
    [InlineData("app.kubernetes.io/part-of=shop", true)]
    public void It_chooses_as_the_API_does(string text, bool expected)
    {
        Assert.True(LabelSelector.TryParse(text, out var selector, out var error), error);
        Assert.Equal(expected, selector.Matches(Labels));
    }

    [Theory]
    [InlineData("")]
    [InlineData("app=orders,")]
    [InlineData("=orders")]
    [InlineData("app in")]
    [InlineData("app in (a")]
    [InlineData("!app=orders")]
    [InlineData("app=a b")]
    [InlineData("-app=x")]
    public void What_makes_no_sense_is_refused(string text)
    {
        Assert.False(LabelSelector.TryParse(text, out _, out var error));
        Assert.Contains("key=value", error, StringComparison.Ordinal);
    }

    [Fact]
    public void There_may_be_so_many_parts_and_no_more()
    {
        var most = string.Join(',', Enumerable.Repeat("a=b", LabelSelector.MaxRequirements));
        Assert.True(LabelSelector.TryParse(most, out _, out _));
        Assert.False(LabelSelector.TryParse(most + ",a=b", out _, out var error));
        Assert.Contains("64", error, StringComparison.Ordinal);
    }
}
