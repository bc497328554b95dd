namespace Rollcall.Tests;

public sealed class NameRulesTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("0", true)]
    [InlineData("orders-2", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("A", false)]
    [InlineData("a.b", false)]
    [InlineData("a_b", false)]
    [InlineData("\u00e4", false)]
    public void Label(string name, bool good) => Assert.Equal(good, NameRules.IsLabel(name));

    [Theory]
    [InlineData("o-1.shop.eu", true)]
    [InlineData("a..b", false)]
    [InlineData(".a", false)]
    [InlineData("a.", false)]
    [InlineData("a.-b", false)]
    public void Id(string id, bool good) => Assert.Equal(good, NameRules.IsId(id));

    [Fact]
    public void Limits()
    {
        Assert.True(NameRules.IsLabel(new string('a', 63)));
        Assert.False(NameRules.IsLabel(new string('a', 64)));
        var longest = $"{new string('a', 63)}.{new string('b', 60)}.ccc";
        Assert.Equal(128, longest.Length);
        Assert.True(NameRules.IsId(longest));
        Assert.False(NameRules.IsId(longest + "c"));
    }
}
