using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rollcall.Sources;
using Rollcall.Sources.Http;

namespace Rollcall.Tests.DependencyInjection;

public sealed class HttpSourceOptionsTests
{
    [Fact]
    public void Its_schemes_are_known_and_its_options_are_read()
    {
        using var services = Services(
            ("Interval", "10s"), ("UseProxy", "true"), ("Servers:0:Url", "https://a:8443"), ("Servers:0:AuthorizationFile", "/t"), ("Servers:0:Headers:X-Team", "blue"),
            ("Servers:0:Tls:CaFile", "/ca.pem"), ("Servers:1:Url", "http://b"));
        Assert.Contains("https", services.GetRequiredService<SourceRegistry>().Schemes);
        var options = services.GetRequiredService<IOptions<HttpSourceOptions>>().Value;
        Assert.Equal((TimeSpan.FromSeconds(10), true, 2), (options.Interval, options.UseProxy, options.Servers.Count));
        var server = options.Servers[0];
        Assert.Equal(("https://a:8443/", "/t", "blue", "/ca.pem"), (server.Url!.AbsoluteUri, server.AuthorizationFile, server.Headers["X-Team"], server.Tls.CaFile));
    }

    [Fact]
    public void Every_mistake_is_named_at_once_with_its_key()
    {
        using var services = Services(("Interval", "often"), ("Servers:0:Url", "a"), ("Servers:0:Token", "secret"), ("Wait", "0s"));
        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<HttpSourceOptions>>().Value);
        Assert.All(
            new[] { "Rollcall:Http:Interval is 'often'", "Rollcall:Http:Servers:0:Token is no option", "Rollcall:Http:Wait", "Rollcall:Http:Servers: 'a' is no address" },
            part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Services(params (string Key, string Value)[] settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(static setting => KeyValuePair.Create("Rollcall:Http:" + setting.Key, (string?)setting.Value))).Build())
        .AddRollcall()
        .BuildServiceProvider();
}
