using Microsoft.Extensions.Logging;

namespace Rollcall.Pooling;

/// <summary>What all pools of a process share.</summary>
internal sealed record PoolContext(TimeProvider Time, PoolMetrics Metrics, ILogger Logger);
