using Microsoft.Extensions.Logging;
using Rollcall.Balancing;

namespace Rollcall.Http;

/// <summary>What all clients of a process share. Owned by the container; handlers only borrow it.</summary>
internal sealed record ClientContext(
    ServiceRouter Router, Suspicion Suspicion, TryTimerPool Timers, HttpMetrics Metrics, ILogger<RollcallHandler> Logger);
