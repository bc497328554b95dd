using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Rollcall.Configuration;

namespace Rollcall.Registration.Hosting;

/// <summary>Fills <see cref="RegistrationOptions"/> and, by service, <see cref="InstanceOptions"/> from the configuration; without one, the defaults stay.</summary>
internal sealed class RegistrationOptionsSetup(IConfiguration? configuration = null) : IConfigureOptions<RegistrationOptions>, IConfigureNamedOptions<InstanceOptions>
{
    private const string Section = "Rollcall:Registration";
    private const string Instances = "Instances";

    public void Configure(RegistrationOptions options)
    {
        if (configuration is null)
            return;
        var reader = new ConfigurationReader(configuration.GetSection(Section), options.Unreadable);
        foreach (var node in reader.List(nameof(options.Nodes)))
            options.Nodes.Add(node);
        options.Owner = reader.Text(nameof(options.Owner)) ?? options.Owner;
        options.DrainTimeout = reader.Duration(nameof(options.DrainTimeout)) ?? options.DrainTimeout;
        options.DeregisterTimeout = reader.Duration(nameof(options.DeregisterTimeout)) ?? options.DeregisterTimeout;
        reader.Others(Instances);
        reader.End();
    }

    public void Configure(InstanceOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, InstanceOptions options)
    {
        if (configuration is null)
            return;
        var reader = new ConfigurationReader(configuration.GetSection($"{Section}:{Instances}:{name}"), options.Unreadable);
        options.Id = reader.Text(nameof(options.Id)) ?? options.Id;
        options.Address = reader.Text(nameof(options.Address)) ?? options.Address;
        foreach (var (port, number) in reader.Numbers(nameof(options.Ports)))
            options.Ports[port] = number;
        options.Ttl = reader.Duration(nameof(options.Ttl)) ?? options.Ttl;
        options.Weight = reader.Number(nameof(options.Weight)) ?? options.Weight;
        options.Zone = reader.Text(nameof(options.Zone)) ?? options.Zone;
        options.Node = reader.Text(nameof(options.Node)) ?? options.Node;
        foreach (var (key, value) in reader.Pairs(nameof(options.Metadata)))
            options.Metadata[key] = value;
        options.Check = reader.Text(nameof(options.Check)) ?? options.Check;
        options.CheckInterval = reader.Duration(nameof(options.CheckInterval)) ?? options.CheckInterval;
        options.CheckTimeout = reader.Duration(nameof(options.CheckTimeout)) ?? options.CheckTimeout;
        reader.End();
    }
}
