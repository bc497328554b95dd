using Rollcall.Sources.Dns.Wire;

namespace Rollcall.Tests.Sources.Dns.Wire;

public sealed class DnsNameTests
{
    private static readonly string Label63 = new('a', 63);

    [Theory]
    [InlineData("orders", 8)]
    [InlineData("orders.", 8)]
    [InlineData(".", 1)]
    [InlineData("_http._tcp.orders.shop", 24)]
    [InlineData(@"a\.b", 5)]
    [InlineData(@"\007\\", 4)]
    public void Names_take_their_labels_with_lengths_and_the_root(string name, int length) => Assert.Equal(length, Encode(name));

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("..")]
    [InlineData("ä")]
    [InlineData(@"a\")]
    [InlineData(@"a\256")]
    [InlineData(@"a\12")]
    public void What_is_no_name_is_refused(string name)
    {
        // "\12" is a one written behind a backslash, and a two.
        Assert.Equal(name == @"a\12" ? 5 : 0, Encode(name));
    }

    [Fact]
    public void A_label_has_at_most_63_octets_and_a_name_255()
    {
        Assert.Equal(65, Encode(Label63));
        Assert.Equal(0, Encode(Label63 + "a"));
        var longest = $"{Label63}.{Label63}.{Label63}.{Label63[..61]}";
        Assert.Equal(255, Encode(longest));
        Assert.Equal(255, Encode(longest + "."));
        Assert.Equal(0, Encode(longest + "a"));
        Assert.Equal(0, Encode(string.Join('.', Enumerable.Repeat("a", 128))));
        Assert.Equal(255, Encode(string.Join('.', Enumerable.Repeat("a", 127))));
    }

    [Fact]
    public void Hosts_and_services_have_names_of_letters_digits_hyphens_and_underscores()
    {
        Assert.All(["orders", "orders.", "_http._tcp.orders", "A-1.b", Label63, $"{Label63}.{Label63}.{Label63}.{Label63[..61]}"], static name => Assert.True(DnsName.IsHostName(name), name));
        Assert.All(["", ".", "a..b", "-a", "a-", "a b", "ä", "a:1", Label63 + "a", $"{Label63}.{Label63}.{Label63}.{Label63[..62]}"], static name => Assert.False(DnsName.IsHostName(name), name));
    }

    private static int Encode(string name) => DnsName.Encode(name, new byte[DnsName.MaxWireLength]);
}
