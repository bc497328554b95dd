using Microsoft.Extensions.Logging;

namespace Rollcall.Node.Live;

internal sealed partial class HealthReader
{
    [LoggerMessage(4121, LogLevel.Error, "Asking {Instance} at {Url} how it is failed in a way that was not foreseen; the others are asked all the same.")]
    private static partial void LogFailed(ILogger logger, string instance, string url, Exception error);
}
