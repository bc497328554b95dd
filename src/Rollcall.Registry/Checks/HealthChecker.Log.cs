using Microsoft.Extensions.Logging;

namespace Rollcall.Registry.Checks;

internal sealed partial class HealthChecker
{
    [LoggerMessage(2220, LogLevel.Critical, "Health checks have stopped: restart the node. This is a defect; please report it with this trace.")]
    private partial void LogLoopFailed(Exception error);
}
