using Microsoft.Extensions.DependencyInjection.Extensions;
using Rollcall.AspNetCore;
using Rollcall.Registration.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registration of ASP.NET Core applications.</summary>
public static class RollcallRegistrationExtensions
{
    /// <summary>
    /// Announces this application as an instance of <paramref name="service"/>, by the addresses it really listens on, for as long as it
    /// runs. On shutdown it first drains: the server goes on answering until every caller has stopped sending here (at most
    /// <see cref="Rollcall.Registration.RegistrationOptions.DrainTimeout"/>); then the server ends its requests and the instance is deregistered.
    /// </summary>
    /// <remarks>
    /// The node is named by the configuration <c>Rollcall:Node</c> or the environment variable <c>ROLLCALL_NODE</c>.
    /// A node that is absent does not keep the application from starting; it is registered once the node is there.
    /// </remarks>
    /// <example><code>
    /// builder.Services.AddRollcallRegistration("orders", o => o.Check = "/health");
    /// </code></example>
    /// <param name="services">The application's services.</param>
    /// <param name="service">The service: 1 to 63 lower-case letters, digits and hyphens.</param>
    /// <param name="configure">Changes what is announced.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">At start: an option breaks a rule; the message names every one.</exception>
    public static IServiceCollection AddRollcallRegistration(
        this IServiceCollection services, string service, Action<InstanceOptions>? configure = null)
    {
        services.AddRollcallWorkerRegistration(service, configure);
        services.Replace(ServiceDescriptor.Singleton<IListeningAddresses, ServerListeningAddresses>());
        return services;
    }
}
