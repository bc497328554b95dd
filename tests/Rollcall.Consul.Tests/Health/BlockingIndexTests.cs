using Rollcall.Consul.Health;

namespace Rollcall.Consul.Tests.Health;

/// <summary>The rules of developer.hashicorp.com/consul/api-docs/features/blocking, "Implementation Details".</summary>
public sealed class BlockingIndexTests
{
    [Fact]
    public void An_index_is_passed_back_and_one_that_goes_backwards_is_forgotten()
    {
        var index = new BlockingIndex();
        Assert.Null(index.Parameter);
        Assert.True(index.OnAnswer("57", null));
        Assert.Equal("index=57", index.Parameter);
        Assert.True(index.OnAnswer("57", null));
        Assert.Equal("index=57", index.Parameter);
        Assert.True(index.OnAnswer("18446744073709551615", null));
        Assert.Equal("index=18446744073709551615", index.Parameter);
        Assert.True(index.OnAnswer("3", null));
        Assert.Null(index.Parameter);
        Assert.True(index.OnAnswer("3", null));
        Assert.Equal("index=3", index.Parameter);
    }

    [Fact]
    public void An_index_below_1_counts_as_1_so_that_the_next_query_waits()
    {
        var index = new BlockingIndex();
        index.OnAnswer("0", null);
        Assert.Equal("index=1", index.Parameter);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("18446744073709551616")]
    public void Without_one_the_server_cannot_be_asked_to_wait(string? header)
    {
        var index = new BlockingIndex();
        index.OnAnswer("5", null);
        Assert.False(index.OnAnswer(header, null));
        Assert.Null(index.Parameter);
    }

    [Fact]
    public void A_hash_counts_where_there_is_no_index()
    {
        var index = new BlockingIndex();
        Assert.True(index.OnAnswer(null, "a=b&c"));
        Assert.Equal("hash=a%3Db%26c", index.Parameter);
        Assert.True(index.OnAnswer("5", "a"));
        Assert.Equal("index=5", index.Parameter);
        Assert.False(index.OnAnswer(null, new string('a', 257)));
        Assert.Null(index.Parameter);
    }
}
