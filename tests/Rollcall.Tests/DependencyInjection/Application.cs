using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rollcall.Http;
using Rollcall.TestKit;
using Rollcall.TestKit.Sources;
using Rollcall.Tests.Http;
using Rollcall.Watching;

namespace Rollcall.Tests.DependencyInjection;

/// <summary>An application's container with Rollcall in it, a source the test plays, and clients that end before the network.</summary>
internal sealed class Application : IAsyncDisposable
{
    private readonly ServiceProvider _provider;

    public Application(Action<IServiceCollection>? configure = null, params (string Key, string Value)[] values)
    {
        Configuration = new SettableConfiguration(values);
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(Configuration.Root);
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<IDiscoverySource>(Source = new FakeSource(Time));
        services.AddRollcall();
        services.AddHttpClient("client").UseRollcall().ConfigurePrimaryHttpMessageHandler(() => Wire);
        configure?.Invoke(services);
        _provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
    }

    public VirtualTime Time { get; } = new();

    public FakeSource Source { get; }

    public RecordingHandler Wire { get; } = new();

    public SettableConfiguration Configuration { get; }

    public IServiceProvider Services => _provider;

    public ServiceResolver Resolver => Services.GetRequiredService<ServiceResolver>();

    public ServiceRouter Router => Services.GetRequiredService<ServiceRouter>();

    /// <summary>Where a request to <paramref name="uri"/> arrives.</summary>
    public async Task<string> SendAsync(string uri, string client = "client")
    {
        var http = Services.GetRequiredService<IHttpClientFactory>().CreateClient(client);
        using var response = await Eventually.Within(http.GetAsync(new Uri(uri)));
        return Wire.Uris[^1].AbsoluteUri;
    }

    public ValueTask DisposeAsync() => _provider.DisposeAsync();
}
