using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Rollcall.Balancing;
using Rollcall.Configuration;
using Rollcall.Pooling;

namespace Rollcall.DependencyInjection;

/// <summary>Every pool begins with how endpoints are chosen by all, and is then filled from the section under its name.</summary>
internal sealed class ConnectionPoolOptionsSetup(IOptions<RollcallOptions> all, IConfiguration? configuration) : IConfigureNamedOptions<ConnectionPoolOptions>
{
    public void Configure(ConnectionPoolOptions options)
    {
        // Only a name leads to a section.
    }

    public void Configure(string? name, ConnectionPoolOptions options)
    {
        options.CopyFrom(all.Value);
        if (configuration is null || string.IsNullOrEmpty(name))
            return;
        var reader = new ConfigurationReader(configuration.GetSection($"{ConnectionPoolOptions.Section}:{name}"), options.Unreadable);
        options.Service = reader.Text(nameof(options.Service)) ?? options.Service;
        options.Port = reader.Text(nameof(options.Port)) ?? options.Port;
        BalancingOptionsReader.Read(reader, options);
        options.MaxConnections = reader.Number(nameof(options.MaxConnections)) ?? options.MaxConnections;
        options.MaxPerEndpoint = reader.Number(nameof(options.MaxPerEndpoint)) ?? options.MaxPerEndpoint;
        options.MinIdlePerEndpoint = reader.Number(nameof(options.MinIdlePerEndpoint)) ?? options.MinIdlePerEndpoint;
        options.IdleTimeout = reader.Duration(nameof(options.IdleTimeout)) ?? options.IdleTimeout;
        options.MaxLifetime = reader.Duration(nameof(options.MaxLifetime)) ?? options.MaxLifetime;
        options.CheckInterval = reader.Duration(nameof(options.CheckInterval)) ?? options.CheckInterval;
        options.ConnectTimeout = reader.Duration(nameof(options.ConnectTimeout)) ?? options.ConnectTimeout;
        options.RentTimeout = reader.Duration(nameof(options.RentTimeout)) ?? options.RentTimeout;
        reader.End();
    }
}
