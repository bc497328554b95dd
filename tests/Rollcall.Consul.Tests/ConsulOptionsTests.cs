using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rollcall.Sources;

namespace Rollcall.Consul.Tests;

public sealed class ConsulOptionsTests
{
    [Fact]
    public void What_is_not_set_comes_from_the_variables_of_Consul()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["CONSUL_HTTP_ADDR"] = "consul.example:8501",
            ["CONSUL_HTTP_SSL"] = "true",
            ["CONSUL_HTTP_TOKEN"] = "t",
            ["CONSUL_NAMESPACE"] = "shop",
            ["CONSUL_CACERT"] = "/ca.pem",
            ["CONSUL_HTTP_SSL_VERIFY"] = "false",
        };
        var settings = new ConsulSettings(new ConsulSourceOptions(), variables.GetValueOrDefault);
        Assert.Equal(("https://consul.example:8501/", "t", "shop", "/ca.pem", true), (settings.Agents.Single().AbsoluteUri, settings.ReadToken(), settings.Namespace, settings.Tls.CaFile, settings.Tls.SkipVerification));

        var own = new ConsulSettings(new ConsulSourceOptions { Agents = { new Uri("http://c:1") }, Token = "mine", Namespace = "x" }, variables.GetValueOrDefault);
        Assert.Equal(("http://c:1/", "mine", "x"), (own.Agents.Single().AbsoluteUri, own.ReadToken(), own.Namespace));
        Assert.Equal("http://127.0.0.1:8500/", new ConsulSettings(new ConsulSourceOptions(), static _ => null).Agents.Single().AbsoluteUri);
        Assert.Throws<DiscoveryException>(() => new ConsulSettings(new ConsulSourceOptions(), static name => name == "CONSUL_HTTP_ADDR" ? "unix:///run/consul" : null).Agents);
    }

    [Fact]
    public void Its_scheme_is_known_and_its_options_are_read()
    {
        using var services = Services(("Agents", "http://a:8500,b"), ("TokenFile", "/t"), ("Datacenter", "eu"), ("AllowStale", "true"), ("Wait", "5m"), ("Tls:ServerName", "server.dc1.consul"));
        Assert.Contains("consul", services.GetRequiredService<SourceRegistry>().Schemes);
        var options = services.GetRequiredService<IOptions<ConsulSourceOptions>>().Value;
        Assert.Equal(["http://a:8500/", "http://b:8500/"], options.Agents.Select(static agent => agent.AbsoluteUri));
        Assert.Equal(("/t", "eu", true, TimeSpan.FromMinutes(5), "server.dc1.consul"), (options.TokenFile, options.Datacenter, options.AllowStale, options.Wait, options.Tls.ServerName));
    }

    [Fact]
    public void Every_mistake_is_named_at_once_with_its_key_and_no_token_is_told()
    {
        using var services = Services(("Agents", "a b"), ("Wait", "11m"), ("Colour", "red"), ("Token", "se cret"), ("TokenFile", "x"));
        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<ConsulSourceOptions>>().Value);
        Assert.All(
            new[] { "Rollcall:Consul:Agents names 'a b'", "Rollcall:Consul:Wait", "Rollcall:Consul:Colour is no option", "Token and TokenFile exclude", "Token must be printable" },
            part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("se cret", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ConsulSource(new ConsulSourceOptions { Wait = TimeSpan.Zero }));
    }

    [Theory]
    [InlineData("consul:///orders?colour=red", "there is no parameter 'colour'; there are address, dc, filter, near, ns, partition, passing and tag")]
    [InlineData("consul:///orders?passing=yes", "neither true nor false")]
    [InlineData("consul:///a/b", "no name of a service")]
    [InlineData("consul://a:x/orders", "'a:x' is no host with a port")]
    public void A_malformed_target_says_what_is_wrong_and_shows_one_that_is_right(string target, string expected)
    {
        var error = Assert.Throws<ArgumentException>(() => new ConsulSource().Validate(ServiceTarget.Parse(target)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("consul:///orders", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_at_the_limit_is_taken_and_one_character_more_is_refused()
    {
        new ConsulSource().Validate(ServiceTarget.Parse("consul:///" + new string('a', 256)));
        Assert.Throws<ArgumentException>(() => new ConsulSource().Validate(ServiceTarget.Parse("consul:///" + new string('a', 257))));
        var secret = Assert.Throws<ArgumentException>(() => new ConsulSource().Validate(ServiceTarget.Parse("consul://bob:secret@a/orders")));
        Assert.DoesNotContain("secret", secret.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Services(params (string Key, string Value)[] settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(static setting => KeyValuePair.Create("Rollcall:Consul:" + setting.Key, (string?)setting.Value))).Build())
        .AddRollcallConsul()
        .BuildServiceProvider();
}
