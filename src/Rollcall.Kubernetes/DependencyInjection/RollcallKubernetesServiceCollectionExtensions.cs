using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rollcall;
using Rollcall.Kubernetes;
using Rollcall.Kubernetes.DependencyInjection;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Kubernetes services as targets.</summary>
public static class RollcallKubernetesServiceCollectionExtensions
{
    /// <summary>
    /// Adds the source of <c>k8s:///namespace/service</c> targets, and <see cref="RollcallServiceCollectionExtensions.AddRollcall"/> where that is missing. Configured by
    /// the section <c>Rollcall:Kubernetes</c> (see <see cref="KubernetesSourceOptions"/>). Calling it again adds nothing but <paramref name="configure"/>.
    /// </summary>
    /// <example><code>
    /// builder.Services.AddRollcallKubernetes();
    /// builder.Services.AddRollcall(options => options.Services["orders"] = "k8s:///shop/orders:http");
    /// </code></example>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Runs after the configuration was read.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="OptionsValidationException">At start: an option breaks a rule; the message names every one.</exception>
    public static IServiceCollection AddRollcallKubernetes(this IServiceCollection services, Action<KubernetesSourceOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddRollcall();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<KubernetesSourceOptions>, KubernetesSourceOptionsSetup>(
            static provider => new KubernetesSourceOptionsSetup(provider.GetService<IConfiguration>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KubernetesSourceOptions>, KubernetesSourceOptionsValidator>());
        var options = services.AddOptions<KubernetesSourceOptions>().ValidateOnStart();
        if (configure is not null)
            options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IDiscoverySource, KubernetesSource>(static provider => new KubernetesSource(
            provider.GetRequiredService<IOptions<KubernetesSourceOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            logger: provider.GetRequiredService<ILogger<KubernetesSource>>(),
            meters: provider.GetRequiredService<IMeterFactory>())));
        return services;
    }
}
