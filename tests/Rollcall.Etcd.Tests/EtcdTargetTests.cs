namespace Rollcall.Etcd.Tests;

public sealed class EtcdTargetTests
{
    [Theory]
    [InlineData("etcd:///orders", "", "", "orders/")]
    [InlineData("etcd:///orders/", "/services/", "", "/services/orders/")]
    [InlineData("etcd:///orders?prefix=/s/", "/services/", "", "/s/orders/")]
    [InlineData("etcd:////services/orders", "", "", "/services/orders/")]
    [InlineData("etcd://a,b:2380,[::1]:1/x/y", "", "http://a:2379 http://b:2380 http://[::1]:1", "x/y/")]
    [InlineData("etcd://a:80/x%20y", "", "http://a:80", "x y/")]
    public void The_directory_and_the_members_are_read(string target, string prefix, string members, string directory)
    {
        var place = EtcdTarget.Of(ServiceTarget.Parse(target), prefix, useTls: false);
        Assert.Equal(directory, place.Directory);
        Assert.Equal(members, string.Join(' ', place.Members.Select(static member => $"{member.Scheme}://{member.Host}:{member.Port}")));
    }

    [Fact]
    public void Members_are_asked_by_https_where_trust_is_configured() =>
        Assert.Equal(new Uri("https://a:2379"), EtcdTarget.Of(ServiceTarget.Parse("etcd://a/x"), "", useTls: true).Members.Single());

    [Theory]
    [InlineData("etcd:///orders?colour=red", "there is no parameter 'colour'; there is prefix")]
    [InlineData("etcd:///orders#x", "no #fragment")]
    [InlineData("etcd://a:2379/", "names no service")]
    [InlineData("etcd://a:x/orders", "'a:x' is no host with a port")]
    [InlineData("etcd://a,/orders", "'' is no host")]
    [InlineData("etcd:///%0a", "control characters")]
    public void A_malformed_target_says_what_is_wrong_and_shows_one_that_is_right(string target, string expected)
    {
        var error = Assert.Throws<ArgumentException>(() => new EtcdSource().Validate(ServiceTarget.Parse(target)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("etcd:///orders", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_in_a_target_is_refused_without_being_told()
    {
        var error = Assert.Throws<ArgumentException>(() => new EtcdSource().Validate(ServiceTarget.Parse("etcd://bob:secret@a/orders")));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_at_the_limit_is_taken_and_one_byte_more_is_refused()
    {
        Assert.Equal(1024, EtcdTarget.Of(ServiceTarget.Parse("etcd:///" + new string('a', 1023)), "", useTls: false).Directory.Length);
        Assert.Throws<ArgumentException>(() => EtcdTarget.Of(ServiceTarget.Parse("etcd:///" + new string('a', 1024)), "", useTls: false));
    }

    [Fact]
    public void What_is_not_set_comes_from_the_variables_of_etcdctl()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ETCDCTL_ENDPOINTS"] = "a:2379, https://b:1",
            ["ETCDCTL_USER"] = "bob:secret",
            ["ETCDCTL_CACERT"] = "/ca.pem",
        };
        var settings = new EtcdSettings(new EtcdSourceOptions(), variables.GetValueOrDefault);
        Assert.Equal(["https://a:2379/", "https://b:1/"], settings.Endpoints.Select(static member => member.AbsoluteUri));
        Assert.Equal(("bob", "secret", "/ca.pem", true), (settings.Username, settings.ReadPassword(), settings.Tls.CaFile, settings.UseTls));

        var own = new EtcdSettings(new EtcdSourceOptions { Endpoints = { new Uri("http://c:1") }, Username = "eve", Password = "x", Tls = { CaFile = "/own.pem" } }, variables.GetValueOrDefault);
        Assert.Equal(("http://c:1/", "eve", "x", "/own.pem"), (own.Endpoints.Single().AbsoluteUri, own.Username, own.ReadPassword(), own.Tls.CaFile));

        Assert.Equal("http://127.0.0.1:2379/", new EtcdSettings(new EtcdSourceOptions(), static _ => null).Endpoints.Single().AbsoluteUri);
        Assert.Throws<DiscoveryException>(() => new EtcdSettings(new EtcdSourceOptions(), static name => name == "ETCDCTL_ENDPOINTS" ? "a b" : null).Endpoints);
    }

    [Fact]
    public void Options_out_of_range_are_named_all_at_once()
    {
        var options = new EtcdSourceOptions { Password = "x", PasswordFile = "y", SilenceCheck = TimeSpan.Zero, AnswerTimeout = TimeSpan.Zero, Prefix = "\n", Username = "", Endpoints = { new Uri("http://u:secret@a/x") } };
        var error = Assert.Throws<ArgumentException>(() => new EtcdSource(options));
        Assert.All(new[] { "PasswordFile exclude", "SilenceCheck", "AnswerTimeout", "Prefix", "Username", "http://a" }, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }
}
