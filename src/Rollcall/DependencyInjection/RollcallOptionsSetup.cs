using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Rollcall.Configuration;

namespace Rollcall.DependencyInjection;

/// <summary>Fills <see cref="RollcallOptions"/> from the configuration; without one, the defaults stay.</summary>
internal sealed class RollcallOptionsSetup(IConfiguration? configuration) : IConfigureOptions<RollcallOptions>
{
    public void Configure(RollcallOptions options)
    {
        if (configuration is null)
            return;
        var section = configuration.GetSection(RollcallOptions.Section);
        var reader = new ConfigurationReader(section, options.Unreadable);
        foreach (var (service, target) in reader.Pairs(nameof(options.Services)))
            options.Services[service] = target;
        options.DefaultScheme = reader.Text(nameof(options.DefaultScheme)) ?? options.DefaultScheme;
        options.Node = reader.Text(nameof(options.Node)) ?? options.Node;
        options.AvoidTime = reader.Duration(nameof(options.AvoidTime)) ?? options.AvoidTime;
        options.MaxAvoidTime = reader.Duration(nameof(options.MaxAvoidTime)) ?? options.MaxAvoidTime;
        options.Balancer = reader.Text(nameof(options.Balancer)) ?? options.Balancer;
        options.PerTryTimeout = reader.Duration(nameof(options.PerTryTimeout)) ?? options.PerTryTimeout;
        options.MaxAttempts = reader.Number(nameof(options.MaxAttempts)) ?? options.MaxAttempts;
        options.ConnectTimeout = reader.Duration(nameof(options.ConnectTimeout)) ?? options.ConnectTimeout;

        // Registration, and sources that are added apart, read their own.
        reader.Others("Registration", "Dns", "Http", "Kubernetes", "Consul", "Etcd");

        var (watch, watching) = (options.Watch, reader.Part(nameof(options.Watch)));
        watch.HoldDownTime = watching.Duration(nameof(watch.HoldDownTime)) ?? watch.HoldDownTime;
        watch.HoldDownLossShare = watching.Share(nameof(watch.HoldDownLossShare)) ?? watch.HoldDownLossShare;
        watch.Linger = watching.Duration(nameof(watch.Linger)) ?? watch.Linger;
        watch.FirstSnapshotTimeout = watching.Duration(nameof(watch.FirstSnapshotTimeout)) ?? watch.FirstSnapshotTimeout;
        watching.End();
        reader.End();
    }
}
