using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rollcall.Health;
using Rollcall.Tests.Balancing;

namespace Rollcall.Tests.Health;

/// <summary>The health of endpoints as a process has it, for tests: avoided for 1 s at first, 30 s at most.</summary>
internal static class TestHealth
{
    public static HealthMonitor Monitor(TimeProvider time, HealthOptions? options = null, HealthMetrics? metrics = null, IEndpointProbe? probe = null) =>
        new(Context(time, options, metrics, null) with { Probe = probe }, new Random(1));

    public static ServiceHealth Of(TimeProvider time, HealthOptions? options = null, int seed = 1, HealthMetrics? metrics = null, ILogger? logger = null) =>
        new(Make.Target, Context(time, options, metrics, logger), new Random(seed));

    private static HealthContext Context(TimeProvider time, HealthOptions? options, HealthMetrics? metrics, ILogger? logger) =>
        new(HealthSettings.Default with { Options = options ?? new HealthOptions() }, time, metrics ?? new HealthMetrics(null), logger ?? NullLogger.Instance);
}
