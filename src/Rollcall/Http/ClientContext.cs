using Microsoft.Extensions.Logging;

namespace Rollcall.Http;

/// <summary>What all clients of a process share. Owned by the container; handlers only borrow it.</summary>
internal sealed record ClientContext(
    ServiceRouter Router, TryTimerPool Timers, HttpMetrics Metrics, TimeProvider Time, ILogger<RollcallHandler> Logger);
