using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Rollcall.EndToEnd.Faults;

/// <summary>The faults as an application meets them that calls services through <see cref="HttpClient"/>, with nothing but defaults.</summary>
public sealed class HttpClientFaultTests(Fleet fleet) : FaultTests(fleet), IClassFixture<Fleet>
{
    private ServiceProvider _services = null!;

    private protected override (HttpClient Http, Uri Url) Way => (Client("orders"), new Uri("http://orders/"));

    private protected override (HttpClient Http, Uri Url) NearWay => (Client("near"), new Uri("http://orders/"));

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Rollcall:Node", Fleet.NodeUrl),
            new("Rollcall:Services:orders", "rollcall:///orders"),
        ]).Build());
        services.AddHttpClient("orders", static client => client.Timeout = TimeSpan.FromSeconds(10)).UseRollcall();
        services.AddHttpClient("near", static client => client.Timeout = TimeSpan.FromSeconds(10)).UseRollcall(static options =>
        {
            options.Zone = Fleet.OwnZone;
            options.PreferOwnZone = true;
        });
        _services = services.BuildServiceProvider();
    }

    public override async ValueTask DisposeAsync() => await _services.DisposeAsync();

    private protected override Task<Echo> OpenWebSocketAsync() => Echo.OpenAsync(new Uri("ws://orders/ws"), Way.Http);

    private protected override void AssertSaysWhy(Failure failure, bool wasUnderWay) => Assert.Contains("orders", failure.Reason, StringComparison.Ordinal);

    private HttpClient Client(string name) => _services.GetRequiredService<IHttpClientFactory>().CreateClient(name);
}
