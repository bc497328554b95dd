using Rollcall.Configuration;

namespace Rollcall.Balancing;

/// <summary>Reads how endpoints are chosen from a section of the configuration, under the names of the properties.</summary>
internal static class BalancingOptionsReader
{
    public static void Read(ConfigurationReader reader, BalancingOptions options)
    {
        options.Balancer = reader.Text(nameof(options.Balancer)) ?? options.Balancer;
        options.Zone = reader.Text(nameof(options.Zone)) ?? options.Zone;
        options.PreferOwnZone = reader.Flag(nameof(options.PreferOwnZone)) ?? options.PreferOwnZone;
        foreach (var (key, value) in reader.Pairs(nameof(options.Subset)))
            options.Subset[key] = value;
        options.SlowStartWindow = reader.Duration(nameof(options.SlowStartWindow)) ?? options.SlowStartWindow;
        options.SlowStartMinShare = reader.Share(nameof(options.SlowStartMinShare)) ?? options.SlowStartMinShare;
        options.SlowStartAggression = reader.Share(nameof(options.SlowStartAggression)) ?? options.SlowStartAggression;
        options.Aperture = reader.Number(nameof(options.Aperture)) ?? options.Aperture;
        options.ApertureClient = reader.Text(nameof(options.ApertureClient)) ?? options.ApertureClient;
    }
}
