using Microsoft.Extensions.Logging;

namespace Rollcall.Registry.Leases;

internal sealed partial class LeaseLoop
{
    [LoggerMessage(2100, LogLevel.Warning, "Expiry is suspended. {Reason}")]
    private partial void LogGuardBegan(string reason);

    [LoggerMessage(2101, LogLevel.Information, "Expiry goes on after {Lasted}: renewals are back or the missing instances are no longer the majority they were. Leases still overdue ({Held}) get one full ttl to be renewed.")]
    private partial void LogGuardEnded(string lasted, int held);

    [LoggerMessage(2102, LogLevel.Warning, "Leases that ran out or came back could not be written; they are kept and tried again every {RetryAfter}. The journal's state in /api/status says why.")]
    private partial void LogWriteFailed(Exception? error, string retryAfter);

    [LoggerMessage(2103, LogLevel.Information, "Leases that ran out or came back are written again.")]
    private partial void LogWriteRecovered();
}
