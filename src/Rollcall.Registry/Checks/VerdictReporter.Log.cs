using Microsoft.Extensions.Logging;

namespace Rollcall.Registry.Checks;

internal sealed partial class VerdictReporter
{
    [LoggerMessage(2200, LogLevel.Warning, "What checks found could not be written; it is kept and tried again every {RetryAfter}. The journal's state in /api/status says why.")]
    private partial void LogFailed(Exception? error, string retryAfter);

    [LoggerMessage(2201, LogLevel.Information, "What checks find is written again.")]
    private partial void LogRecovered();
}
