using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

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
        foreach (var service in section.GetSection(nameof(options.Services)).GetChildren())
            options.Services[service.Key] = service.Value ?? "";
        options.DefaultScheme = reader.Text(nameof(options.DefaultScheme)) ?? options.DefaultScheme;
        options.Node = reader.Text(nameof(options.Node)) ?? options.Node;
        options.AvoidTime = reader.Duration(nameof(options.AvoidTime)) ?? options.AvoidTime;
        options.MaxAvoidTime = reader.Duration(nameof(options.MaxAvoidTime)) ?? options.MaxAvoidTime;
        options.Balancer = reader.Text(nameof(options.Balancer)) ?? options.Balancer;
        options.PerTryTimeout = reader.Duration(nameof(options.PerTryTimeout)) ?? options.PerTryTimeout;
        options.MaxAttempts = reader.Number(nameof(options.MaxAttempts)) ?? options.MaxAttempts;
        options.ConnectTimeout = reader.Duration(nameof(options.ConnectTimeout)) ?? options.ConnectTimeout;

        var watch = options.Watch;
        watch.HoldDownTime = reader.Duration(Watch(nameof(watch.HoldDownTime))) ?? watch.HoldDownTime;
        watch.HoldDownLossShare = reader.Share(Watch(nameof(watch.HoldDownLossShare))) ?? watch.HoldDownLossShare;
        watch.Linger = reader.Duration(Watch(nameof(watch.Linger))) ?? watch.Linger;
        watch.FirstSnapshotTimeout = reader.Duration(Watch(nameof(watch.FirstSnapshotTimeout))) ?? watch.FirstSnapshotTimeout;
    }

    private static string Watch(string key) => $"{nameof(RollcallOptions.Watch)}:{key}";
}
