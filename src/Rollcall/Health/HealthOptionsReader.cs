using Rollcall.Configuration;

namespace Rollcall.Health;

/// <summary>Reads when endpoints are ejected from a section of the configuration, under the names of the properties.</summary>
internal static class HealthOptionsReader
{
    public static void Read(ConfigurationReader reader, HealthOptions options)
    {
        options.Ejection = reader.Flag(nameof(options.Ejection)) ?? options.Ejection;
        options.ConsecutiveFailures = reader.Number(nameof(options.ConsecutiveFailures)) ?? options.ConsecutiveFailures;
        options.ConsecutiveGatewayErrors = reader.Number(nameof(options.ConsecutiveGatewayErrors)) ?? options.ConsecutiveGatewayErrors;
        options.Interval = reader.Duration(nameof(options.Interval)) ?? options.Interval;
        options.MinRequests = reader.Number(nameof(options.MinRequests)) ?? options.MinRequests;
        options.MinEndpoints = reader.Number(nameof(options.MinEndpoints)) ?? options.MinEndpoints;
        options.SuccessRateDeviations = reader.Share(nameof(options.SuccessRateDeviations)) ?? options.SuccessRateDeviations;
        options.SuccessRateMargin = reader.Share(nameof(options.SuccessRateMargin)) ?? options.SuccessRateMargin;
        options.LatencyFactor = reader.Share(nameof(options.LatencyFactor)) ?? options.LatencyFactor;
        options.LatencyFloor = reader.Duration(nameof(options.LatencyFloor)) ?? options.LatencyFloor;
        options.EjectionTime = reader.Duration(nameof(options.EjectionTime)) ?? options.EjectionTime;
        options.MaxEjectionTime = reader.Duration(nameof(options.MaxEjectionTime)) ?? options.MaxEjectionTime;
        options.MaxEjectedShare = reader.Share(nameof(options.MaxEjectedShare)) ?? options.MaxEjectedShare;
        options.PanicThreshold = reader.Share(nameof(options.PanicThreshold)) ?? options.PanicThreshold;
        options.Report = reader.Flag(nameof(options.Report)) ?? options.Report;
        Read(reader.Part(nameof(options.Probe)), options.Probe);
        foreach (var service in reader.Parts(nameof(options.Probes)))
        {
            // What is not said is as for all.
            var probe = options.Probe.Copy();
            Read(service.Reader, probe);
            options.Probes[service.Key] = probe;
        }

        reader.End();
    }

    private static void Read(ConfigurationReader reader, ProbeOptions options)
    {
        options.Kind = reader.Text(nameof(options.Kind)) ?? options.Kind;
        options.Path = reader.Text(nameof(options.Path)) ?? options.Path;
        options.Port = reader.Text(nameof(options.Port)) ?? options.Port;
        options.Timeout = reader.Duration(nameof(options.Timeout)) ?? options.Timeout;
        options.HealthyThreshold = reader.Number(nameof(options.HealthyThreshold)) ?? options.HealthyThreshold;
        options.IdleInterval = reader.Duration(nameof(options.IdleInterval)) ?? options.IdleInterval;
        reader.End();
    }
}
