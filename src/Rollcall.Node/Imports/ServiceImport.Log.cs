using Microsoft.Extensions.Logging;

namespace Rollcall.Node.Imports;

internal sealed partial class ServiceImport
{
    [LoggerMessage(4101, LogLevel.Information, "Imports {Service}, using discovery mode: {Mode} ({Target}).")]
    private static partial void LogBegun(ILogger logger, string service, string mode, ServiceTarget target);

    [LoggerMessage(4102, LogLevel.Warning, "The source of {Service} has not answered yet; {Fallback} is shown until it does.")]
    private static partial void LogFallback(ILogger logger, string service, string fallback);

    [LoggerMessage(4103, LogLevel.Warning, "The source of {Service} has not answered yet, and its fallback {Fallback} could not be read: {Reason}")]
    private static partial void LogFallbackFailed(ILogger logger, string service, string fallback, string reason);

    [LoggerMessage(4104, LogLevel.Error, "What was imported of {Service} could not be written, and is tried again: {Reason}")]
    private static partial void LogNotWritten(ILogger logger, string service, string reason);

    [LoggerMessage(4105, LogLevel.Warning, "{Count} instances of {Service} could not be imported; the first: {Reason}")]
    private static partial void LogRejected(ILogger logger, string service, int count, string reason);
}
