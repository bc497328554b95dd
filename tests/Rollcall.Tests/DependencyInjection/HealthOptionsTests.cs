using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rollcall.DependencyInjection;
using Rollcall.Health;

namespace Rollcall.Tests.DependencyInjection;

public sealed class HealthOptionsTests
{
    [Fact]
    public async Task EveryOption_IsReadFromTheConfiguration()
    {
        await using var application = new Application(
            null,
            ("Rollcall:Health:Ejection", "false"),
            ("Rollcall:Health:ConsecutiveFailures", "7"),
            ("Rollcall:Health:ConsecutiveGatewayErrors", "8"),
            ("Rollcall:Health:Interval", "11s"),
            ("Rollcall:Health:MinRequests", "12"),
            ("Rollcall:Health:MinEndpoints", "13"),
            ("Rollcall:Health:SuccessRateDeviations", "1.4"),
            ("Rollcall:Health:SuccessRateMargin", "0.15"),
            ("Rollcall:Health:LatencyFactor", "16"),
            ("Rollcall:Health:LatencyFloor", "17ms"),
            ("Rollcall:Health:EjectionTime", "18s"),
            ("Rollcall:Health:MaxEjectionTime", "19s"),
            ("Rollcall:Health:MaxEjectedShare", "0.2"),
            ("Rollcall:Health:PanicThreshold", "0.21"),
            ("Rollcall:Health:Probe:Kind", "http"),
            ("Rollcall:Health:Probe:Path", "/ready"),
            ("Rollcall:Health:Probe:Port", "admin"),
            ("Rollcall:Health:Probe:Timeout", "22s"),
            ("Rollcall:Health:Probe:HealthyThreshold", "23"),
            ("Rollcall:Health:Probe:IdleInterval", "24s"),
            ("Rollcall:Health:Probes:orders:Kind", "tcp"));

        var options = application.Services.GetRequiredService<IOptions<RollcallOptions>>().Value.Health;

        Assert.Equal(
            (false, 7, 8, 11d, 12, 13, 1.4, 0.15, 16d, 17d, 18d, 19d, 0.2, 0.21),
            (options.Ejection, options.ConsecutiveFailures, options.ConsecutiveGatewayErrors, options.Interval.TotalSeconds, options.MinRequests, options.MinEndpoints,
                options.SuccessRateDeviations, options.SuccessRateMargin, options.LatencyFactor, options.LatencyFloor.TotalMilliseconds, options.EjectionTime.TotalSeconds,
                options.MaxEjectionTime.TotalSeconds, options.MaxEjectedShare, options.PanicThreshold));
        Assert.Equal(("http", "/ready", "admin", 22d, 23, 24d), Values(options.Probe));
        Assert.Equal(("tcp", "/ready", "admin", 22d, 23, 24d), Values(options.ProbeOf(ServiceTarget.Parse("rollcall:///orders"))));
        Assert.Same(options.Probe, options.ProbeOf(ServiceTarget.Parse("rollcall:///billing")));
    }

    private static (string Kind, string Path, string? Port, double Timeout, int Threshold, double Idle) Values(ProbeOptions probe) =>
        (probe.Kind, probe.Path, probe.Port, probe.Timeout.TotalSeconds, probe.HealthyThreshold, probe.IdleInterval.TotalSeconds);
}
