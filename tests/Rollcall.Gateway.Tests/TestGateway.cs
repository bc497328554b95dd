using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rollcall.Gateway.Reloading;

namespace Rollcall.Gateway.Tests;

/// <summary>A gateway on a free port of loopback with a routes file of its own.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private readonly DirectoryInfo _directory;

    private TestGateway(GatewayHost host, DirectoryInfo directory)
    {
        Host = host;
        _directory = directory;

        // What a client sends is the test's to say, cookies included.
        Client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(host.Urls.First().Replace("[::]", "127.0.0.1", StringComparison.Ordinal)), Timeout = TestKit.Eventually.Limit };
    }

    public GatewayHost Host { get; }

    public HttpClient Client { get; }

    public string File => Path.Combine(_directory.FullName, "routes.yaml");

    public static Task<TestGateway> StartAsync(string routes, Action<IServiceCollection>? services = null, params string[] urls) =>
        StartAsync(routes, TimeSpan.FromSeconds(2), static _ => { }, services, urls);

    /// <param name="routes">What the routes file says.</param>
    /// <param name="stopWithin">As in <see cref="GatewayOptions.StopWithin"/>.</param>
    /// <param name="logging">Who hears what the gateway logs.</param>
    /// <param name="services">As in <see cref="GatewayOptions.ConfigureServices"/>.</param>
    /// <param name="urls">Where it listens; none: on a free port of loopback.</param>
    public static async Task<TestGateway> StartAsync(
        string routes, TimeSpan stopWithin, Action<ILoggingBuilder> logging, Action<IServiceCollection>? services = null, params string[] urls)
    {
        var directory = Directory.CreateTempSubdirectory("gateway-");
        try
        {
            var file = Path.Combine(directory.FullName, "routes.yaml");
            await System.IO.File.WriteAllTextAsync(file, routes);
            var host = await GatewayHost.BuildAsync(
                new GatewayOptions
                {
                    RoutesFile = file,
                    Urls = urls.Length == 0 ? ["http://127.0.0.1:0"] : urls,
                    ConfigureServices = services ?? (static _ => { }),
                    StopWithin = stopWithin,
                },
                logging,
                CancellationToken.None);
            await host.StartAsync(CancellationToken.None);
            return new TestGateway(host, directory);
        }
        catch
        {
            directory.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Reads the file now, and fails when it is refused.</summary>
    public async Task ReloadAsync()
    {
        var follower = Host.Services.GetRequiredService<RoutesFollower>();
        await follower.ReloadAsync(CancellationToken.None);
        Assert.Null(follower.Last!.Error);
    }

    public Task<string> GetAsync(string path) => Client.GetStringAsync(new Uri(path, UriKind.Relative));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.StopAsync(CancellationToken.None);
        await Host.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
