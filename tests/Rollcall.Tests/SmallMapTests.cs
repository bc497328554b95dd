namespace Rollcall.Tests;

public sealed class SmallMapTests
{
    [Fact]
    public void Is_sorted_and_compared_by_content()
    {
        var one = new SmallMap<int>([new("b", 2), new("a", 1)]);
        var other = new SmallMap<int>([new("a", 1), new("b", 2)]);

        Assert.Equal(["a", "b"], one.Keys);
        Assert.Equal([1, 2], one.Values);
        Assert.True(one.Equals(other));
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.False(one.Equals(new SmallMap<int>([new("a", 1), new("b", 3)])));
        Assert.False(one.Equals(new SmallMap<int>([new("a", 1), new("c", 2)])));
        Assert.False(one.Equals(SmallMap<int>.Empty));
        Assert.False(one.Equals(null));
    }

    [Fact]
    public void Finds_what_is_there_and_says_what_is_there_when_it_finds_nothing()
    {
        var map = new SmallMap<int>([new("http", 80), new("admin", 81)]);

        Assert.Equal(81, map["admin"]);
        Assert.True(map.ContainsKey("http"));
        Assert.False(map.TryGetValue("HTTP", out _));
        Assert.Contains("there are: admin, http", Assert.Throws<KeyNotFoundException>(() => map["grpc"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_key_that_occurs_twice() =>
        Assert.Contains("'a'", Assert.Throws<ArgumentException>(() => new SmallMap<int>([new("a", 1), new("b", 1), new("a", 2)])).Message, StringComparison.Ordinal);

    [Fact]
    public void Is_a_copy()
    {
        KeyValuePair<string, int>[] items = [new("a", 1)];
        var map = new SmallMap<int>(items);
        items[0] = new("b", 2);

        Assert.Equal(1, map["a"]);
    }
}
