using Microsoft.Extensions.Logging;

namespace Rollcall.Kubernetes.Reading;

internal sealed partial class OwnZone
{
    [LoggerMessage(EventId = 420, Level = LogLevel.Information, Message = "The own zone is {Zone}, by {Origin}.")]
    private static partial void LogFound(ILogger logger, string zone, string origin);

    [LoggerMessage(EventId = 421, Level = LogLevel.Warning, Message = "The own zone is not known: {Reason}")]
    private static partial void LogUnknown(ILogger logger, string reason);
}
