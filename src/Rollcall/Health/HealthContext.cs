using Microsoft.Extensions.Logging;

namespace Rollcall.Health;

/// <summary>What the health of every target in a process shares.</summary>
internal sealed record HealthContext(HealthSettings Settings, TimeProvider Time, HealthMetrics Metrics, ILogger Logger, IEndpointProbe? Probe = null);
