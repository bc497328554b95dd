using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rollcall;
using Rollcall.Api;
using Rollcall.Balancing;
using Rollcall.DependencyInjection;
using Rollcall.Health;
using Rollcall.Http;
using Rollcall.Pooling;
using Rollcall.Sources;
using Rollcall.Sources.Dns;
using Rollcall.Sources.Http;
using Rollcall.Watching;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Rollcall in an application's services.</summary>
public static class RollcallServiceCollectionExtensions
{
    /// <summary>
    /// Adds service discovery: <see cref="ServiceResolver"/>, <see cref="SourceRegistry"/> with the sources <c>static</c>, <c>file</c>, <c>rollcall</c>, <c>dns</c>,
    /// <c>http</c> and <c>configuration</c>, <see cref="Balancers"/> and <see cref="ServiceExplainer"/>. Configured by the section <c>Rollcall</c> (see <see cref="RollcallOptions"/>). Own sources and policies are
    /// added as <see cref="IDiscoverySource"/> and <see cref="IBalancer"/>. Calling it again adds nothing but <paramref name="configure"/>.
    /// </summary>
    /// <example><code>
    /// builder.Services.AddRollcall(options => options.DefaultScheme = "rollcall");
    /// builder.Services.AddHttpClient("orders").UseRollcall();
    /// </code></example>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Runs after the configuration was read.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="OptionsValidationException">At start: an option breaks a rule; the message names every one.</exception>
    public static IServiceCollection AddRollcall(this IServiceCollection services, Action<RollcallOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddLogging();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<RollcallOptions>, RollcallOptionsSetup>(
            static provider => new RollcallOptionsSetup(provider.GetService<IConfiguration>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RollcallOptions>, RollcallOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<RollcallClientOptions>, ClientOptionsSetup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RollcallClientOptions>, RollcallClientOptionsValidator>());
        var options = services.AddOptions<RollcallOptions>().ValidateOnStart();
        if (configure is not null)
            options.Configure(configure);
        AddSources(services);
        AddClient(services);
        AddPools(services);
        return services;
    }

    private static void AddSources(IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IDiscoverySource, StaticSource>(static provider => new StaticSource(Time(provider))));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IDiscoverySource, FileSource>(static provider => new FileSource(time: Time(provider))));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IDiscoverySource, RollcallSource>(static provider => new RollcallSource(SourceOptions(provider), Time(provider))
        {
            // Asked for when there is something to report: health needs the options, whose check needs the sources.
            Findings = target => FindingsOf(provider, target),
        }));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IDiscoverySource, DnsSource>(static provider => new DnsSource(DnsOptions(provider), Time(provider))));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IDiscoverySource, ConfigurationSource>(
            static provider => new ConfigurationSource(provider.GetService<IConfiguration>() ?? new ConfigurationManager(), Time(provider))));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<HttpSourceOptions>, HttpSourceOptionsSetup>(
            static provider => new HttpSourceOptionsSetup(provider.GetService<IConfiguration>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HttpSourceOptions>, HttpSourceOptionsValidator>());
        services.AddOptions<HttpSourceOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IDiscoverySource, HttpSource>(
            static provider => new HttpSource(provider.GetRequiredService<IOptions<HttpSourceOptions>>().Value, Time(provider))));
        services.TryAddSingleton(static provider => new SourceRegistry(provider.GetServices<IDiscoverySource>()));
        services.TryAddSingleton(static provider => new ServiceResolver(
            provider.GetRequiredService<SourceRegistry>(),
            provider.GetRequiredService<IOptions<RollcallOptions>>().Value.Watch,
            Time(provider),
            logger: provider.GetRequiredService<ILogger<ServiceResolver>>(),
            meters: provider.GetRequiredService<IMeterFactory>()));
    }

    private static void AddClient(IServiceCollection services)
    {
        services.TryAddSingleton(static provider => new Balancers(new Random(), provider.GetServices<IBalancer>(), Time(provider)));
        services.TryAddSingleton<SelectorFactory>();
        services.TryAddSingleton(static provider => new HttpMetrics(provider.GetRequiredService<IMeterFactory>()));
        services.TryAddSingleton<IEndpointProbe>(static provider => new EndpointProbe(Time(provider)));
        services.TryAddSingleton(static provider => new HealthMetrics(provider.GetRequiredService<IMeterFactory>()));
        services.TryAddSingleton(static provider =>
        {
            var options = provider.GetRequiredService<IOptions<RollcallOptions>>().Value;
            var context = new HealthContext(
                new HealthSettings(options.AvoidTime, options.MaxAvoidTime, options.Health),
                Time(provider),
                provider.GetRequiredService<HealthMetrics>(),
                provider.GetRequiredService<ILogger<HealthMonitor>>(),
                provider.GetRequiredService<IEndpointProbe>());
            return new HealthMonitor(context, new Random());
        });
        services.TryAddSingleton<TryTimerPool>();
        services.TryAddSingleton(static provider => new ServiceRouter(
            provider.GetRequiredService<SelectorFactory>(), ServiceNames.None));
        services.TryAddSingleton(static provider => new ServiceNamesFollower(
            provider.GetRequiredService<ServiceRouter>(),
            provider.GetRequiredService<IOptionsFactory<RollcallOptions>>(),
            provider.GetService<IConfiguration>(),
            provider.GetRequiredService<ILogger<ServiceNamesFollower>>()));
        services.TryAddSingleton(static provider =>
        {
            // The router knows no name before it is followed.
            provider.GetRequiredService<ServiceNamesFollower>();
            return new ClientContext(
                provider.GetRequiredService<ServiceRouter>(),
                provider.GetRequiredService<TryTimerPool>(),
                provider.GetRequiredService<HttpMetrics>(),
                Time(provider),
                provider.GetRequiredService<ILogger<RollcallHandler>>());
        });
        services.TryAddSingleton(static provider => new PickExplainer(provider.GetRequiredService<Balancers>(), Time(provider)));
        services.TryAddSingleton(static provider =>
        {
            provider.GetRequiredService<ServiceNamesFollower>();
            var options = provider.GetRequiredService<IOptionsMonitor<RollcallClientOptions>>();
            return new ServiceExplainer(
                provider.GetRequiredService<ServiceRouter>(),
                provider.GetRequiredService<ServiceResolver>(),
                provider.GetRequiredService<HealthMonitor>(),
                provider.GetRequiredService<PickExplainer>(),
                options.Get);
        });
        services.TryAddSingleton(static provider => new RollcallInvoker(
            provider.GetRequiredService<ClientContext>(), provider.GetRequiredService<IOptions<RollcallOptions>>().Value));
        services.TryAddSingleton(static provider => new RollcallConnector(
            provider.GetRequiredService<ClientContext>(), provider.GetRequiredService<IOptions<RollcallOptions>>().Value));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter, ConnectTimeoutFilter>());
    }

    private static void AddPools(IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<ConnectionPoolOptions>, ConnectionPoolOptionsSetup>(
            static provider => new ConnectionPoolOptionsSetup(provider.GetRequiredService<IOptions<RollcallOptions>>(), provider.GetService<IConfiguration>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ConnectionPoolOptions>, ConnectionPoolOptionsValidator>());
        services.TryAddSingleton(static provider => new PoolMetrics(provider.GetRequiredService<IMeterFactory>()));
        services.TryAddSingleton(static provider =>
        {
            // The router knows no name before it is followed.
            provider.GetRequiredService<ServiceNamesFollower>();
            var router = provider.GetRequiredService<ServiceRouter>();
            var context = new PoolContext(
                Time(provider), provider.GetRequiredService<PoolMetrics>(), provider.GetRequiredService<ILogger<ServiceConnectionPoolFactory>>());
            return new ServiceConnectionPoolFactory(
                new PoolServices(
                    provider.GetRequiredService<ServiceResolver>(),
                    provider.GetRequiredService<SelectorFactory>(),
                    provider.GetRequiredService<HealthMonitor>(),
                    provider.GetRequiredService<Balancers>(),
                    new Random(),
                    context),
                provider.GetRequiredService<IOptionsFactory<ConnectionPoolOptions>>(),
                service => router.Names.Find(service));
        });
    }

    private static IReadOnlyList<FindingDocument> FindingsOf(IServiceProvider provider, ServiceTarget target)
    {
        try
        {
            return provider.GetRequiredService<HealthMonitor>().FindingsOf(target);
        }
        catch (ObjectDisposedException)
        {
            // The last query of an application that ends.
            return [];
        }
    }

    private static TimeProvider Time(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();

    private static RollcallSourceOptions SourceOptions(IServiceProvider provider)
    {
        var options = new RollcallSourceOptions();
        foreach (var text in RollcallOptionsValidator.NodesOf(Unchecked(provider).Node))
        {
            if (NodeUrl.TryParse(text, out var node, out _))
                options.Nodes.Add(node);
        }

        return options;
    }

    private static DnsSourceOptions DnsOptions(IServiceProvider provider)
    {
        var options = Unchecked(provider).Dns;
        // What is wrong is told, with all else, by whoever asks for the checked options, and nothing works before.
        return DnsSourceOptionsValidator.Errors(options).Any() ? new DnsSourceOptions() : options;
    }

    // Not by IOptions: what checks the options needs the sources, and so cannot be asked here.
    private static RollcallOptions Unchecked(IServiceProvider provider) =>
        new OptionsFactory<RollcallOptions>(provider.GetServices<IConfigureOptions<RollcallOptions>>(), provider.GetServices<IPostConfigureOptions<RollcallOptions>>())
            .Create(Options.Options.DefaultName);
}
