using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rollcall.Registration;
using Rollcall.Registration.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registration of applications that run in a host.</summary>
public static class RegistrationServiceCollectionExtensions
{
    /// <summary>
    /// Announces this application as an instance of <paramref name="service"/> for as long as it runs: from when it has started until it
    /// stops, when it is first drained and at last deregistered. The ports must be named; an ASP.NET Core application
    /// uses <c>AddRollcallRegistration</c> of Rollcall.AspNetCore, which finds them.
    /// </summary>
    /// <example><code>
    /// builder.Services.AddRollcallWorkerRegistration("mailer", o => o.Ports["smtp"] = 2525);
    /// </code></example>
    /// <param name="services">The application's services.</param>
    /// <param name="service">The service: 1 to 63 lower-case letters, digits and hyphens.</param>
    /// <param name="configure">Changes what is announced.</param>
    /// <exception cref="OptionsValidationException">At start: an option breaks a rule; the message names every one.</exception>
    public static IServiceCollection AddRollcallWorkerRegistration(
        this IServiceCollection services, string service, Action<InstanceOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(service);
        services.AddSingleton(new RegisteredService(service));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<RegistrationOptions>, RegistrationOptionsSetup>(ReadOptions));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<InstanceOptions>, RegistrationOptionsSetup>(ReadOptions));
        services.AddOptions<RegistrationOptions>()
            .PostConfigure<IConfiguration>(static (registration, configuration) => registration.AddDefaultNodes(configuration["Rollcall:Node"]))
            .ValidateOnStart();
        var options = services.AddOptions<InstanceOptions>(service).ValidateOnStart();
        if (configure is not null)
            options.Configure(configure);

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IListeningAddresses, NoListeningAddresses>();
        services.TryAddSingleton(static provider => new ServiceRegistration(
            provider.GetRequiredService<IOptions<RegistrationOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            logger: provider.GetService<ILogger<ServiceRegistration>>(),
            meters: provider.GetService<IMeterFactory>()));
        services.TryAddSingleton(static provider => new Lazy<ServiceRegistration>(provider.GetRequiredService<ServiceRegistration>));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RegistrationOptions>, RegistrationOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<InstanceOptions>, InstanceOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RegistrationLifecycle>());
        return services;
    }

    private static RegistrationOptionsSetup ReadOptions(IServiceProvider provider) => new(provider.GetService<IConfiguration>());
}
