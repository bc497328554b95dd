using System.Net.Quic;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rollcall.Api;
using Rollcall.Balancing;
using Rollcall.DependencyInjection;
using Rollcall.Gateway.Certificates;
using Rollcall.Gateway.Clients;
using Rollcall.Gateway.Configuration;
using Rollcall.Gateway.Forwarding;
using Rollcall.Gateway.Reloading;
using Rollcall.Gateway.Reporting;
using Rollcall.Gateway.Statistics;
using Yarp.ReverseProxy.Configuration;

namespace Rollcall.Gateway;

/// <summary>A gateway as a program runs it: built from a routes file, started, stopped.</summary>
public sealed partial class GatewayHost : IAsyncDisposable
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

    /// <summary>How its traffic goes.</summary>
    internal GatewayDocument Report() => Services.GetRequiredService<GatewayReport>().Read([.. Urls]);

    /// <summary>One route of <see cref="Report"/>; null when there is none of that name.</summary>
    internal GatewayRouteDocument? FindRoute(string name) => Services.GetRequiredService<GatewayReport>().Find(name);

    /// <summary>Gives versions of a route another share.</summary>
    /// <returns>Why not; null when it is in force.</returns>
    internal string? Shift(string route, IReadOnlyDictionary<string, double> shares) => _routes.Current.Find(route) is { } running
        ? running.State.Split.Shift(shares, Services.GetRequiredService<TimeProvider>().GetUtcNow())
        : $"There is no route '{route}'.";

    /// <summary>Shares a route out as the file says. False when there is none of that name.</summary>
    internal bool ResetShift(string route)
    {
        if (_routes.Current.Find(route) is not { } running)
            return false;
        running.State.Split.Reset();
        return true;
    }


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
            await app.Services.GetRequiredService<RoutesFollower>().StartWithAsync(options.RoutesFile, cancellationToken);
            app.Services.GetRequiredService<GatewayMetrics>();
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
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(Variables()).Build());
        configureServices(services);
        AddGatewayTo(services);
        await using var provider = services.BuildServiceProvider();
        var text = await RoutesFile.ReadAsync(file, cancellationToken);
        var (config, _) = await provider.GetRequiredService<GatewayRoutes>().CheckAsync(file, text);
        return (config.Routes.Length, config.Clusters.Count);
    }

    /// <summary>Begins to listen.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (Services.GetRequiredService<ListenUrls>().Encrypted is { } url && !QuicListener.IsSupported)
            Log.WithoutHttp3(Services.GetRequiredService<ILogger<GatewayHost>>(), url);
        return _app.StartAsync(cancellationToken);
    }

    /// <summary>Stops to listen, and lets requests under way finish within <see cref="GatewayOptions.StopWithin"/>.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>What reads and checks routes, without a server.</summary>
    internal static void AddGatewayTo(IServiceCollection services)
    {
        // First, so that whatever is configured comes after it.
        services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<RollcallOptions>>(
            new ConfigureOptions<RollcallOptions>(static options => options.MaxReplayBytes = ClientReader.DefaultReplayBytes)));
        services.AddLogging();
        services.TryAddSingleton(new ListenUrls(Encrypted: null));
        AddYarp(services);
        services.AddRollcall();
        services.AddSingleton<ConfigVocabulary>();
        services.AddSingleton<RequestDurations>();
        services.AddSingleton<ModelBuilder>();
        services.AddSingleton<ServerSettings>();
        services.AddSingleton<GatewayRoutes>();
        services.AddSingleton<CertificateStore>();
        services.AddSingleton<RoutesFollower>();
        services.AddSingleton<TrafficClock>();
        services.AddSingleton(static _ => new StripedRandom(new Random()));
        services.AddSingleton<AccessLogs.AccessLogs>();
        services.AddSingleton<GatewayEdge>();
        services.AddSingleton<GatewayReport>();
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<GatewayForwarder>();
    }

    private static WebApplication Build(GatewayOptions options, Action<ILoggingBuilder> logging)
    {
        // Empty: no configuration files or middleware that a gateway has no use for.
        var urls = options.Urls.Select(Parse).ToArray();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.WebHost.UseKestrelCore().UseQuic().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Listen(kestrel, urls);
        });
        builder.Configuration.AddInMemoryCollection(Variables());
        logging(builder.Logging);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.Logging.AddFilter("Yarp", LogLevel.Warning);
        // A failed request is told by its answer and the access log; at this level it would be a stack trace for each.
        builder.Logging.AddFilter("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.None);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopWithin);
        builder.Services.AddSingleton<IHostLifetime, OwnedLifetime>();
        builder.Services.AddSingleton(new ListenUrls(urls.FirstOrDefault(static url => url.IsEncrypted)?.Url));
        options.ConfigureServices(builder.Services);
        AddGatewayTo(builder.Services);
        builder.Services.AddHostedService(static services => services.GetRequiredService<RoutesFollower>());
        builder.Services.AddHostedService<CertificateFollower>();
        builder.Services.AddHostedService(static services => services.GetRequiredService<AccessLogs.AccessLogs>());
        return builder.Build();
    }

    private static void AddYarp(IServiceCollection services)
    {
        services.AddReverseProxy();
        services.AddSingleton<MatcherPolicy, FileOrder>();
        services.AddSingleton<YarpConfigProvider>();
        services.AddSingleton<IProxyConfigProvider>(static provider => provider.GetRequiredService<YarpConfigProvider>());
        services.AddSingleton<IConfigChangeListener>(static provider => provider.GetRequiredService<YarpConfigProvider>());

        // YARP brings data protection for cookies of its own, which would write keys into the home directory at start.
        foreach (var hosted in services.Where(static service => service.ServiceType == typeof(IHostedService)
            && service.ImplementationType?.FullName?.Contains("DataProtection", StringComparison.Ordinal) == true).ToArray())
            services.Remove(hosted);
        services.TryAddSingleton(TimeProvider.System);
    }

    // Rollcall__PerTryTimeout and its like, as in any application; nothing else of the environment is a gateway's business.
    private static IEnumerable<KeyValuePair<string, string?>> Variables() =>
        new ConfigurationBuilder().AddEnvironmentVariables($"{RollcallOptions.Section}__").Build().AsEnumerable()
            .Select(static pair => KeyValuePair.Create($"{RollcallOptions.Section}:{pair.Key}", pair.Value));

    private static ListenUrl Parse(string url) => ListenUrl.TryParse(url, out var listen)
        ? listen
        : throw new ArgumentException($"{url} is no URL for a gateway to listen on; write http://127.0.0.1:7680, h2c://127.0.0.1:7681 or https://0.0.0.0:7443.", nameof(url));

    private static void Listen(KestrelServerOptions kestrel, IReadOnlyList<ListenUrl> urls)
    {
        var certificates = kestrel.ApplicationServices.GetRequiredService<CertificateStore>();
        foreach (var listen in urls)
        {
            if (listen.Address is null)
                kestrel.ListenLocalhost(listen.Port, endpoint => Speak(endpoint, listen, certificates));
            else
                kestrel.Listen(listen.Address, listen.Port, endpoint => Speak(endpoint, listen, certificates));
        }
    }

    private static void Speak(ListenOptions endpoint, ListenUrl listen, CertificateStore certificates)
    {
        // In the clear there is nothing to negotiate with: one protocol for each place.
        endpoint.Protocols = listen.Scheme switch
        {
            "h2c" => HttpProtocols.Http2,
            "https" => QuicListener.IsSupported ? HttpProtocols.Http1AndHttp2AndHttp3 : HttpProtocols.Http1AndHttp2,
            _ => HttpProtocols.Http1,
        };
        if (listen.IsEncrypted)
            endpoint.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = certificates.OptionsFor });
    }

    private static void Map(WebApplication app, GatewayRoutes routes)
    {
        var forwarder = app.Services.GetRequiredService<GatewayForwarder>();
        app.Use(next => context =>
        {
            TrustedProxies.Apply(context, routes.Current.Config.TrustedProxies);
            return next(context);
        });
        var edge = app.Services.GetRequiredService<GatewayEdge>();
        app.Use(next => context => edge.InvokeAsync(context, next));
        app.UseRouting();
        app.Use(next => context => context.GetEndpoint() is null or RouteEndpoint ? next(context) : routes.AnswerMethodAsync(context, next));
        app.MapReverseProxy(proxy => proxy.Run(forwarder.ForwardAsync)).ConfigureEndpoints(routes.Attach);
        app.UseEndpoints(static _ => { });
        app.Run(routes.AnswerUnmatchedAsync);
    }
}
