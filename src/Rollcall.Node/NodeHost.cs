using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rollcall.Gateway;
using Rollcall.Node.Api;
using Rollcall.Node.Configuration;
using Rollcall.Node.Dashboard;
using Rollcall.Node.Findings;
using Rollcall.Node.Imports;
using Rollcall.Node.Live;
using Rollcall.Node.OpenApi;
using Rollcall.Node.Rendering;
using Rollcall.Node.Requests;
using Rollcall.Node.Telemetry;
using Rollcall.Node.Watching;

namespace Rollcall.Node;

/// <summary>Builds a node as a web application: start it, and it serves; stop it, and all acknowledged writes are on disk.</summary>
public static class NodeHost
{
    // Requests under way, the journal's last flush, and some air: a supervisor that kills waits 10 s or more.
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(1.5);

    /// <summary>Opens the registry and builds the application around it.</summary>
    /// <exception cref="ArgumentException">The options contradict each other or are refused for safety; the message says which flag allows it.</exception>
    public static Task<WebApplication> BuildAsync(NodeOptions options, CancellationToken cancellationToken) =>
        BuildAsync(options, NodeEnvironment.System, cancellationToken);

    /// <summary>The same with everything from outside given.</summary>
    internal static async Task<WebApplication> BuildAsync(NodeOptions options, NodeEnvironment environment, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        NodeOptionsValidator.ThrowIfWrong(options);
        var source = options.Imports.Count == 0 ? null : environment.Source();
        foreach (var import in options.Imports)
            source!.Validate(ServiceTarget.Parse(import.Target));
        var app = Build(options, environment, source);
        try
        {
            var lifetime = app.Services.GetRequiredService<NodeLifetime>();
            await lifetime.OpenAsync(options.Registry, environment, cancellationToken);
            MapRoutes(app, lifetime, options, environment);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private static WebApplication Build(NodeOptions options, NodeEnvironment environment, IDiscoverySource? source)
    {
        // Empty: no configuration files, environment variables or middleware that a node has no use for.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.WebHost.UseKestrelCore().UseUrls([.. options.Urls]).ConfigureKestrel(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestBody.MaxWireBytes;
            // What a reader who takes its time makes the node hold.
            kestrel.Limits.MaxResponseBufferSize = Pieces.Bytes;
            kestrel.ConfigureEndpointDefaults(static endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });
        environment.Logging(builder.Logging);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // Enabled at any level it makes an activity per request, which nobody reads.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = StopWithin);
        builder.Services.AddSingleton<IHostLifetime, OwnedLifetime>();
        builder.Services.AddSingleton(environment.Time);
        builder.Services.AddSingleton<RequestMetrics>();
        builder.Services.AddSingleton<RequestEdge>();
        builder.Services.AddSingleton(DashboardFiles.Embedded);
        builder.Services.AddSingleton<DashboardPages>();
        builder.Services.AddSingleton<MetricsCollector>();
        builder.Services.AddSingleton<NodeLifetime>();
        builder.Services.AddSingleton(options);
        if (source is not null)
            builder.Services.AddSingleton(source);
        builder.Services.AddSingleton(new ImportTable { Services = [.. options.Imports.Select(static import => import.Service)] });
        builder.Services.AddSingleton<NamesTable>();
        builder.Services.AddSingleton(services => new HealthReader(services.GetRequiredService<TimeProvider>(), options.HealthInterval, services.GetRequiredService<ILogger<HealthReader>>()));
        builder.Services.AddSingleton<FindingTable>();
        builder.Services.AddSingleton<FindingMetrics>();
        builder.Services.AddSingleton<FindingReader>();
        // Services stop in the reverse order of their start, and the server starts last: so the registry stops when no request is left.
        builder.Services.AddHostedService(static services => services.GetRequiredService<NodeLifetime>());
        builder.Services.AddHostedService(static services => services.GetRequiredService<NamesTable>());
        builder.Services.AddHostedService(static services => services.GetRequiredService<HealthReader>());
        builder.Services.AddHostedService<ImportLoop>();
        builder.Services.AddHostedService<QuorumLoop>();
        ApiDocument.AddTo(builder.Services);
        return builder.Build();
    }

    private static void MapRoutes(WebApplication app, NodeLifetime lifetime, NodeOptions options, NodeEnvironment environment)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        var waiting = new WaitingRequests(options.MaxWaitingRequests, stopping);
        var parts = new NodeParts
        {
            Options = options,
            Registry = lifetime.Registry,
            Time = environment.Time,
            Renderer = new ServiceRenderer(lifetime.Registry.Epoch),
            Waiting = waiting,
            Findings = app.Services.GetRequiredService<FindingTable>(),
            FindingReader = app.Services.GetRequiredService<FindingReader>(),
            Jitter = new Jitter(environment.Random()),
            WatchMetrics = new WatchMetrics(app.Services.GetRequiredService<IMeterFactory>(), () => waiting.Count),
            Imports = app.Services.GetRequiredService<ImportTable>(),
            Metrics = app.Services.GetRequiredService<MetricsCollector>(),
            Gateway = environment.Gateway,
            Started = environment.Time.GetUtcNow(),
            Stopping = stopping,
        };
        var edge = app.Services.GetRequiredService<RequestEdge>();
        app.UseRouting();
        app.Use(edge.AnswerWrongMethod);
        app.Use(app.Services.GetRequiredService<DashboardPages>().Answer);
        var routes = new RouteTable(app, edge);
        new ServicesApi(parts).Map(routes);
        new ExplainApi(parts, environment.Random()).Map(routes);
        new InstancesApi(parts).Map(routes);
        new RenewalsApi(parts).Map(routes);
        new WatchesApi(parts).Map(routes);
        new HistoryApi(parts).Map(routes);
        new StatusApi(parts).Map(routes);
        new GatewayApi(parts).Map(routes);
        var view = new LiveView(
            lifetime.Registry, parts.Imports, app.Services.GetRequiredService<NamesTable>(), app.Services.GetRequiredService<HealthReader>(), parts.Findings, options.HealthWeights, parts.Time);
        var meter = new LiveMetrics(app.Services.GetRequiredService<IMeterFactory>(), lifetime.Registry.Catalog);
        new LiveApi(parts, view, meter).Map(routes);
        new QualityApi(parts, view).Map(routes);
        new ConfigApi(parts, app.Services.GetRequiredService<NamesTable>(), app.Services.GetService<IDiscoverySource>()).Map(routes);
        new ScoresApi(parts, view).Map(routes);
        app.MapOpenApi(ApiDocument.Path);
        app.UseEndpoints(static _ => { });
        app.Run(edge.AnswerUnmatchedAsync);
    }
}
