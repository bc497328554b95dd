using Microsoft.Extensions.Logging;

namespace Rollcall.Pooling;

internal static partial class PoolLog
{
    [LoggerMessage(2301, LogLevel.Debug, "Pool {Pool}: connected to {Endpoint} in {Milliseconds} ms")]
    public static partial void Opened(ILogger logger, string pool, string endpoint, double milliseconds);

    [LoggerMessage(2302, LogLevel.Debug, "Pool {Pool}: a connection to {Endpoint} is closed: {Reason}")]
    public static partial void Closed(ILogger logger, string pool, string endpoint, CloseReason reason);

    [LoggerMessage(2303, LogLevel.Debug, "Pool {Pool}: no connection to {Endpoint}. {Error}")]
    public static partial void ConnectFailed(ILogger logger, string pool, string endpoint, string error);

    [LoggerMessage(2304, LogLevel.Warning, "Pool {Pool}: {Endpoint} is said to be ready, but cannot be connected to. It is tried again. {Error}")]
    public static partial void CannotWarm(ILogger logger, string pool, string endpoint, string error);

    [LoggerMessage(2305, LogLevel.Information, "Pool {Pool}: {Endpoint} can be connected to again")]
    public static partial void WarmAgain(ILogger logger, string pool, string endpoint);

    [LoggerMessage(2306, LogLevel.Warning, "Pool {Pool}: a connection to {Endpoint} could not be closed in order; it is taken for closed. {Error}")]
    public static partial void CloseFailed(ILogger logger, string pool, string endpoint, string error);

    [LoggerMessage(2307, LogLevel.Error, "Pool {Pool}: its idle connections could not be looked after; that is tried again")]
    public static partial void KeepingFailed(ILogger logger, Exception error, string pool);
}
