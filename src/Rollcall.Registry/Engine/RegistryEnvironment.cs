using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Rollcall.Registry.Engine;

/// <summary>What a registry needs from outside: time, randomness, logs, metrics.</summary>
/// <param name="Time">All timers and clocks.</param>
/// <param name="Random">Jitter; used by one thread at a time.</param>
/// <param name="Loggers">Where it logs.</param>
/// <param name="Meters">Where it measures.</param>
public sealed record RegistryEnvironment(TimeProvider Time, Random Random, ILoggerFactory Loggers, IMeterFactory Meters);
