using Rollcall.Sources.Dns.Resolving;

namespace Rollcall.Tests.Sources.Dns.Resolving;

public sealed class HostsFileTests
{
    [Fact]
    public void Names_have_every_address_they_are_written_behind()
    {
        var hosts = HostsFile.Parse(
            """
            # 10.0.0.9 orders
            10.0.0.1	Orders orders.shop. # orders-2
            10.0.0.2  orders
            10.0.0.1 orders
            2001:db8::1 orders
            nonsense pay
            10.0.0.3
            """);

        Assert.Equal(["10.0.0.1", "10.0.0.2", "2001:db8::1"], hosts.Find("orders").Select(static address => address.ToString()));
        Assert.Equal(["10.0.0.1"], hosts.Find("ORDERS.shop").Select(static address => address.ToString()));
        Assert.Empty(hosts.Find("orders-2"));
        Assert.Empty(hosts.Find("pay"));
    }

    [Fact]
    public void A_file_is_read_again_once_it_has_changed_and_is_empty_when_it_is_gone()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.PathOf("hosts");
        var reads = 0;
        var file = new FollowedFile<string>(path, 10, text => $"{++reads} {text}");
        Assert.Equal("1 ", file.Read());
        Assert.Equal("1 ", file.Read());

        File.WriteAllText(path, "a");
        Assert.Equal("2 a", file.Read());
        Assert.Equal("2 a", file.Read());

        File.WriteAllText(path, "ab");
        Assert.Equal("3 ab", file.Read());

        File.Delete(path);
        Assert.Equal("4 ", file.Read());
    }

    [Fact]
    public void A_file_that_is_too_large_leaves_what_was_known()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.PathOf("hosts");
        var file = new FollowedFile<string>(path, 10, static text => text);
        File.WriteAllText(path, "0123456789");
        Assert.Equal("0123456789", file.Read());

        File.WriteAllText(path, "01234567890");

        Assert.Equal("0123456789", file.Read());
    }
}
