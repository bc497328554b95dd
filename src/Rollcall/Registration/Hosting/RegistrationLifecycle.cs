using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rollcall.Registration.Hosting;

/// <summary>
/// Ties registrations to the life of a host: announced once everything runs; drained while everything still runs (the host calls
/// <see cref="StoppingAsync"/> before it stops any service, so a server goes on answering meanwhile); deregistered when everything has ended.
/// </summary>
/// <remarks>The registration is made late: the host makes its services before it validates their options.</remarks>
internal sealed partial class RegistrationLifecycle(
    Lazy<ServiceRegistration> registration,
    IEnumerable<RegisteredService> services,
    IOptionsMonitor<InstanceOptions> instances,
    IOptions<RegistrationOptions> options,
    IListeningAddresses listening,
    TimeProvider time,
    ILogger<RegistrationLifecycle> logger) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        registration.Value.Start();
        return Task.CompletedTask;
    }

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var route = await RouteAddress.TowardsAsync(options.Value.NodeUrls()[0], time, cancellationToken);
        var builder = new AnnouncementBuilder(Environment.MachineName, route, Environment.GetEnvironmentVariable);
        foreach (var service in services.Select(static service => service.Name).Distinct(StringComparer.Ordinal))
        {
            if (builder.Build(service, instances.Get(service), listening.Urls) is { } announcement)
                await registration.Value.AnnounceAsync(announcement, cancellationToken);
            else
                LogNoPort(logger, service);
        }
    }

    public async Task StoppingAsync(CancellationToken cancellationToken) => await registration.Value.DrainAsync(cancellationToken: cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (!await registration.Value.WithdrawAsync(cancellationToken))
            LogNotWithdrawn(logger);
    }
}

/// <summary>A service this application announces itself as; its options bear the same name.</summary>
internal sealed record RegisteredService(string Name);
