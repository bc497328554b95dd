using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Rollcall.Balancing;
using Rollcall.Configuration;
using Rollcall.Health;
using Rollcall.Http;
using Rollcall.Sources.Dns;

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
        BalancingOptionsReader.Read(reader, options);
        RollcallClientOptionsReader.Read(reader, options);

        // Registration, pools, and sources that are added apart, read their own.
        reader.Others("Registration", "Pools", "Http", "Kubernetes", "Consul", "Etcd");

        var (watch, watching) = (options.Watch, reader.Part(nameof(options.Watch)));
        watch.HoldDownTime = watching.Duration(nameof(watch.HoldDownTime)) ?? watch.HoldDownTime;
        watch.HoldDownLossShare = watching.Share(nameof(watch.HoldDownLossShare)) ?? watch.HoldDownLossShare;
        watch.Linger = watching.Duration(nameof(watch.Linger)) ?? watch.Linger;
        watch.FirstSnapshotTimeout = watching.Duration(nameof(watch.FirstSnapshotTimeout)) ?? watch.FirstSnapshotTimeout;
        watching.End();
        HealthOptionsReader.Read(reader.Part(nameof(options.Health)), options.Health);
        ReadDns(options, reader.Part(nameof(options.Dns)));
        reader.End();
    }

    private static void ReadDns(RollcallOptions options, ConfigurationReader reader)
    {
        const string section = $"{RollcallOptions.Section}:{nameof(options.Dns)}";
        var dns = options.Dns;
        foreach (var text in reader.List(nameof(dns.Servers)))
        {
            if (DnsTarget.TryParseServer(text, out var server))
                dns.Servers.Add(server);
            else
                options.Unreadable.Add($"{section}:{nameof(dns.Servers)} names '{text}', which is no name server; write its address, such as 10.0.0.53 or [fd00::53]:5353.");
        }

        dns.MinInterval = reader.Duration(nameof(dns.MinInterval)) ?? dns.MinInterval;
        dns.MaxInterval = reader.Duration(nameof(dns.MaxInterval)) ?? dns.MaxInterval;
        dns.QueryTimeout = reader.Duration(nameof(dns.QueryTimeout)) ?? dns.QueryTimeout;
        if (reader.Text(nameof(dns.AddressFamily)) is { } family)
        {
            if (char.IsAsciiLetter(family[0]) && Enum.TryParse<DnsAddressFamily>(family, ignoreCase: true, out var value))
                dns.AddressFamily = value;
            else
                options.Unreadable.Add($"{section}:{nameof(dns.AddressFamily)} is '{family}'; there are: {string.Join(", ", Enum.GetNames<DnsAddressFamily>()).ToLowerInvariant()}.");
        }

        reader.End();
    }
}
