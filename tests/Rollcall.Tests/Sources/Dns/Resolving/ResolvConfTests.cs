using Rollcall.Sources.Dns.Resolving;

namespace Rollcall.Tests.Sources.Dns.Resolving;

public sealed class ResolvConfTests
{
    [Fact]
    public void Every_setting_is_read_and_comments_are_not()
    {
        var conf = ResolvConf.Parse(
            """
            # nameserver 10.0.0.99
            ; so is this
            nameserver 10.0.0.53   # the first
            nameserver	fe80::53%1
            nameserver nonsense
            search Shop.SVC. svc corp ; not this
            options ndots:5 timeout:3 attempts:4 rotate edns0 trust-ad
            """,
            "m7");

        Assert.Equal(["10.0.0.53:53", "[fe80::53%1]:53"], conf.Servers.Select(static server => server.ToString()));
        Assert.Equal(["shop.svc", "svc", "corp"], conf.Search);
        Assert.Equal((5, TimeSpan.FromSeconds(3), 4, true), (conf.Ndots, conf.Timeout, conf.Attempts, conf.Rotate));
    }

    [Fact]
    public void An_empty_file_asks_this_machine_and_tries_the_domain_of_its_name()
    {
        var conf = ResolvConf.Parse("", "m7.corp.test");

        Assert.Equal("127.0.0.1:53", Assert.Single(conf.Servers).ToString());
        Assert.Equal(["corp.test"], conf.Search);
        Assert.Equal((1, null, 2, false), (conf.Ndots, conf.Timeout, conf.Attempts, conf.Rotate));
        Assert.Empty(ResolvConf.Parse("", "m7").Search);
    }

    [Theory]
    [InlineData("domain a\nsearch b c", "b c")]
    [InlineData("search b c\ndomain a", "a")]
    [InlineData("search b\nsearch c", "c")]
    [InlineData("search .", "")]
    [InlineData("search", "")]
    public void The_last_of_search_and_domain_counts(string text, string suffixes) => Assert.Equal(suffixes, string.Join(' ', ResolvConf.Parse(text, "m7.corp").Search));

    [Fact]
    public void Three_servers_and_32_suffixes_are_used()
    {
        var conf = ResolvConf.Parse(string.Concat(Enumerable.Range(1, 5).Select(static i => $"nameserver 10.0.0.{i}\n")) + "search " + string.Join(' ', Enumerable.Range(1, 40).Select(static i => $"s{i}")), "m7");

        Assert.Equal(["10.0.0.1:53", "10.0.0.2:53", "10.0.0.3:53"], conf.Servers.Select(static server => server.ToString()));
        Assert.Equal(ResolvConf.MaxSearch, conf.Search.Length);
    }

    [Theory]
    [InlineData("options ndots:99 timeout:99 attempts:99", 15, 30, 5)]
    [InlineData("options ndots:0 timeout:0 attempts:0", 0, 1, 1)]
    public void Numbers_beyond_the_bounds_are_taken_to_them(string text, int ndots, int timeout, int attempts)
    {
        var conf = ResolvConf.Parse(text, "m7");

        Assert.Equal((ndots, TimeSpan.FromSeconds(timeout), attempts), (conf.Ndots, conf.Timeout, conf.Attempts));
    }

    [Fact]
    public void Options_that_make_no_sense_are_passed_over()
    {
        var conf = ResolvConf.Parse("options ndots:x timeout: attempts:-1 rotat", "m7");

        Assert.Equal((1, null, 2, false), (conf.Ndots, conf.Timeout, conf.Attempts, conf.Rotate));
    }

    [Theory]
    [InlineData("orders", 1, "orders.shop.svc orders.svc orders")]
    [InlineData("orders.shop", 1, "orders.shop orders.shop.shop.svc orders.shop.svc")]
    [InlineData("orders.shop", 2, "orders.shop.shop.svc orders.shop.svc orders.shop")]
    [InlineData("orders", 0, "orders orders.shop.svc orders.svc")]
    [InlineData("orders.", 5, "orders")]
    public void Names_with_enough_dots_are_tried_as_they_are_first(string name, int ndots, string expected)
    {
        var conf = new ResolvConf { Ndots = ndots, Search = ["shop.svc", "svc"] };

        Assert.Equal(expected, string.Join(' ', SearchPath.NamesOf(name, conf)));
    }

    [Fact]
    public void Suffixes_that_make_a_name_too_long_are_left_out()
    {
        var label = new string('a', 63);
        var conf = new ResolvConf { Search = [$"{label}.{label}.{label}", "svc", "sv c"] };

        Assert.Equal([$"{label}.svc", label], SearchPath.NamesOf(label, conf));
    }
}
