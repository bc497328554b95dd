using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rollcall.Balancing;
using Rollcall.Gateway.Configuration;
using Rollcall.Gateway.Forwarding;
using Rollcall.Http;
using Rollcall.Sources;
using Yarp.ReverseProxy.Configuration;

namespace Rollcall.Gateway;

/// <summary>A gateway as a program runs it: built from a routes file, started, stopped.</summary>
public sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly GatewayRoutes _routes;

    private GatewayHost(WebApplication app, GatewayRoutes routes)
    {
        _app = app;
        _routes = routes;
    }

    /// <summary>Where it listens, once it is started.</summary>
    public IReadOnlyCollection<string> Urls => [.. _app.Urls];

    internal GatewayRoutes Routes => _routes;

    internal IServiceProvider Services => _app.Services;

    /// <summary>Reads the routes and builds the gateway. Nothing is asked for endpoints before it is started.</summary>
    /// <exception cref="ArgumentException">A URL to listen on is none.</exception>
    /// <exception cref="RoutesFileException">The routes cannot be used; the message names everything that is wrong, each with its line.</exception>
    public static Task<GatewayHost> BuildAsync(GatewayOptions options, CancellationToken cancellationToken) =>
        BuildAsync(options, static logging => logging.AddSimpleConsole(), cancellationToken);

    internal static async Task<GatewayHost> BuildAsync(GatewayOptions options, Action<ILoggingBuilder> logging, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var app = Build(options, logging);
        try
        {
            var routes = app.Services.GetRequiredService<GatewayRoutes>();
            await routes.LoadAsync(options.RoutesFile, cancellationToken);
            Map(app, routes);
            return new GatewayHost(app, routes);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads a routes file as a gateway would, and starts nothing.</summary>
    /// <param name="file">The file.</param>
    /// <param name="configureServices">As in <see cref="GatewayOptions.ConfigureServices"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many routes and clusters it has.</returns>
    /// <exception cref="RoutesFileException">It cannot be used; the message names everything that is wrong, each with its line.</exception>
    public static async Task<(int Routes, int Clusters)> CheckAsync(string file, Action<IServiceCollection> configureServices, CancellationToken cancellationToken)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        AddGateway(services, configureServices);
        await using var provider = services.BuildServiceProvider();
        var config = await provider.GetRequiredService<GatewayRoutes>().CheckAsync(file, cancellationToken);
        return (config.Routes.Length, config.Clusters.Count);
    }

    /// <summary>Begins to listen.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => _app.StartAsync(cancellationToken);

    /// <summary>Stops to listen, and lets requests under way finish within <see cref="GatewayOptions.StopWithin"/>.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static WebApplication Build(GatewayOptions options, Action<ILoggingBuilder> logging)
    {
        // Empty: no configuration files or middleware that a gateway has no use for.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Listen(kestrel, options.Urls);
        });
        logging(builder.Logging);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.Logging.AddFilter("Yarp", LogLevel.Warning);
        // A failed request is told by its answer and the access log; at this level it would be a stack trace for each.
        builder.Logging.AddFilter("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.None);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopWithin);
        builder.Services.Configure<ConsoleLifetimeOptions>(static console => console.SuppressStatusMessages = true);
        AddGateway(builder.Services, options.ConfigureServices);
        return builder.Build();
    }

    private static void AddGateway(IServiceCollection services, Action<IServiceCollection> configureServices)
    {
        AddYarp(services);
        configureServices(services);
        services.AddRollcall();
        services.AddSingleton<ConfigVocabulary>(static provider => new(provider.GetRequiredService<SourceRegistry>(), provider.GetRequiredService<Balancers>()));
        services.AddSingleton<ModelBuilder>(static provider => new(
            provider.GetRequiredService<ClientContext>(), provider.GetRequiredService<SelectorFactory>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<GatewayRoutes>();
        services.AddSingleton<GatewayForwarder>();
    }

    private static void AddYarp(IServiceCollection services)
    {
        services.AddReverseProxy();
        services.AddSingleton<YarpConfigProvider>();
        services.AddSingleton<IProxyConfigProvider>(static provider => provider.GetRequiredService<YarpConfigProvider>());
        services.AddSingleton<IConfigChangeListener>(static provider => provider.GetRequiredService<YarpConfigProvider>());

        // YARP brings data protection for cookies of its own, which would write keys into the home directory at start.
        foreach (var hosted in services.Where(static service => service.ServiceType == typeof(IHostedService)
            && service.ImplementationType?.FullName?.Contains("DataProtection", StringComparison.Ordinal) == true).ToArray())
            services.Remove(hosted);
        services.TryAddSingleton(TimeProvider.System);
    }

    private static void Listen(KestrelServerOptions kestrel, IReadOnlyList<string> urls)
    {
        foreach (var url in urls)
        {
            if (!ListenUrl.TryParse(url, out var listen))
                throw new ArgumentException($"{url} is no URL for a gateway to listen on; write http://127.0.0.1:7680, h2c://127.0.0.1:7681 or https://0.0.0.0:7443.", nameof(urls));
            if (listen.Address is null)
                kestrel.ListenLocalhost(listen.Port, endpoint => Speak(endpoint, listen));
            else
                kestrel.Listen(listen.Address, listen.Port, endpoint => Speak(endpoint, listen));
        }
    }

    private static void Speak(ListenOptions endpoint, ListenUrl listen) =>
        endpoint.Protocols = listen.Scheme is "h2c" ? HttpProtocols.Http2 : HttpProtocols.Http1;

    private static void Map(WebApplication app, GatewayRoutes routes)
    {
        var forwarder = app.Services.GetRequiredService<GatewayForwarder>();
        app.UseRouting();
        app.MapReverseProxy(proxy => proxy.Run(forwarder.ForwardAsync)).ConfigureEndpoints(routes.Attach);
        app.UseEndpoints(static _ => { });
        app.Run(routes.AnswerUnmatchedAsync);
    }
}
