using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rollcall.Sources;

namespace Rollcall.Etcd.Tests;

public sealed class AddRollcallEtcdTests
{
    [Fact]
    public void Its_scheme_is_known_and_its_options_are_read()
    {
        using var services = Services(("Endpoints", "http://a:2379,b"), ("Prefix", "/s/"), ("SilenceCheck", "20s"), ("Tls:CaFile", "/ca.pem"), ("Username", "bob"), ("PasswordFile", "/p"));
        Assert.Contains("etcd", services.GetRequiredService<SourceRegistry>().Schemes);
        var options = services.GetRequiredService<IOptions<EtcdSourceOptions>>().Value;
        Assert.Equal(["http://a:2379/", "http://b:2379/"], options.Endpoints.Select(static member => member.AbsoluteUri));
        Assert.Equal(("/s/", TimeSpan.FromSeconds(20), "/ca.pem", "bob", "/p"), (options.Prefix, options.SilenceCheck, options.Tls.CaFile, options.Username, options.PasswordFile));
    }

    [Fact]
    public void Every_mistake_is_named_at_once_with_its_key()
    {
        using var services = Services(("Endpoints", "a b"), ("SilenceCheck", "soon"), ("Colour", "red"), ("Tls:Ca", "x"), ("AnswerTimeout", "0s"));
        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<EtcdSourceOptions>>().Value);
        Assert.All(
            new[] { "Rollcall:Etcd:Endpoints names 'a b'", "Rollcall:Etcd:SilenceCheck is 'soon'", "Rollcall:Etcd:Colour is no option", "Rollcall:Etcd:Tls:Ca is no option", "Rollcall:Etcd:AnswerTimeout" },
            part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    private static ServiceProvider Services(params (string Key, string Value)[] settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(static setting => KeyValuePair.Create("Rollcall:Etcd:" + setting.Key, (string?)setting.Value))).Build())
        .AddRollcallEtcd()
        .BuildServiceProvider();
}
