using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Rollcall;
using Rollcall.Consul;
using Rollcall.Consul.DependencyInjection;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Consul services as targets.</summary>
public static class RollcallConsulServiceCollectionExtensions
{
    /// <summary>
    /// Adds the source of <c>consul:///service</c> targets, and <see cref="RollcallServiceCollectionExtensions.AddRollcall"/> where that is missing. Configured by
    /// the section <c>Rollcall:Consul</c> (see <see cref="ConsulSourceOptions"/>). Calling it again adds nothing but <paramref name="configure"/>.
    /// </summary>
    /// <example><code>
    /// builder.Services.AddRollcallConsul(options => options.TokenFile = "/run/secrets/consul");
    /// builder.Services.AddRollcall(options => options.Services["orders"] = "consul:///orders");
    /// </code></example>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Runs after the configuration was read.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="OptionsValidationException">At start: an option breaks a rule; the message names every one.</exception>
    public static IServiceCollection AddRollcallConsul(this IServiceCollection services, Action<ConsulSourceOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddRollcall();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<ConsulSourceOptions>, ConsulSourceOptionsSetup>(
            static provider => new ConsulSourceOptionsSetup(provider.GetService<IConfiguration>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ConsulSourceOptions>, ConsulSourceOptionsValidator>());
        var options = services.AddOptions<ConsulSourceOptions>().ValidateOnStart();
        if (configure is not null)
            options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IDiscoverySource, ConsulSource>(
            static provider => new ConsulSource(provider.GetRequiredService<IOptions<ConsulSourceOptions>>().Value, provider.GetRequiredService<TimeProvider>())));
        return services;
    }
}
