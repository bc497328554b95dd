using Microsoft.Extensions.Logging;

namespace Rollcall.Gateway.AccessLogs;

internal static partial class Log
{
    [LoggerMessage(4300, LogLevel.Warning, "The access log {File} cannot be written: {Error} Requests go on and are left out of it until it can.")]
    public static partial void CannotWrite(ILogger logger, string file, string error);

    [LoggerMessage(4301, LogLevel.Information, "The access log {File} is written again; {Dropped} requests are missing in it.")]
    public static partial void WritesAgain(ILogger logger, string file, long dropped);

    [LoggerMessage(4302, LogLevel.Error, "A request cannot be written to the access log {File}: a defect. It is left out, as is any other like it, and counted.")]
    public static partial void CannotFormat(ILogger logger, string file, Exception error);

    [LoggerMessage(4303, LogLevel.Warning, "The access log could not be written to its end within {Within}: what was left is lost.")]
    public static partial void NotFinished(ILogger logger, TimeSpan within);
}
