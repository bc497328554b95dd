using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Rollcall;
using Rollcall.Etcd;
using Rollcall.Etcd.DependencyInjection;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Services registered in etcd as targets.</summary>
public static class RollcallEtcdServiceCollectionExtensions
{
    /// <summary>
    /// Adds the source of <c>etcd:///service</c> targets, and <see cref="RollcallServiceCollectionExtensions.AddRollcall"/> where that is missing. Configured by
    /// the section <c>Rollcall:Etcd</c> (see <see cref="EtcdSourceOptions"/>). Calling it again adds nothing but <paramref name="configure"/>.
    /// </summary>
    /// <example><code>
    /// builder.Services.AddRollcallEtcd(options => options.Endpoints.Add(new Uri("http://10.0.0.5:2379")));
    /// builder.Services.AddRollcall(options => options.Services["orders"] = "etcd:///orders");
    /// </code></example>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Runs after the configuration was read.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="OptionsValidationException">At start: an option breaks a rule; the message names every one.</exception>
    public static IServiceCollection AddRollcallEtcd(this IServiceCollection services, Action<EtcdSourceOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddRollcall();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<EtcdSourceOptions>, EtcdSourceOptionsSetup>(
            static provider => new EtcdSourceOptionsSetup(provider.GetService<IConfiguration>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EtcdSourceOptions>, EtcdSourceOptionsValidator>());
        var options = services.AddOptions<EtcdSourceOptions>().ValidateOnStart();
        if (configure is not null)
            options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IDiscoverySource, EtcdSource>(
            static provider => new EtcdSource(provider.GetRequiredService<IOptions<EtcdSourceOptions>>().Value, provider.GetRequiredService<TimeProvider>())));
        return services;
    }
}
