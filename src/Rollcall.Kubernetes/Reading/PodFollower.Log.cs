using Microsoft.Extensions.Logging;

namespace Rollcall.Kubernetes.Reading;

internal sealed partial class PodFollower
{
    [LoggerMessage(EventId = 440, Level = LogLevel.Warning, Message = "{Target}: endpoints come without what pods know (start time, labels). {Reason}")]
    private static partial void LogWithout(ILogger logger, ServiceTarget target, string reason);
}
