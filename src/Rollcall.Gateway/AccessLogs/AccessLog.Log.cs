using Microsoft.Extensions.Logging;

namespace Rollcall.Gateway.AccessLogs;

internal static partial class Log
{
    [LoggerMessage(4300, LogLevel.Warning, "The access log {File} cannot be written: {Error} Requests go on and are left out of it until it can.")]
    public static partial void CannotWrite(ILogger logger, string file, string error);

    [LoggerMessage(4301, LogLevel.Information, "The access log {File} is written again; {Dropped} requests are missing in it.")]
    public static partial void WritesAgain(ILogger logger, string file, long dropped);
}
