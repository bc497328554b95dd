using Microsoft.Extensions.Logging;

namespace Rollcall.Kubernetes.Mapping;

internal sealed partial class ZonePreference
{
    [LoggerMessage(EventId = 410, Level = LogLevel.Information, Message = "{Target}: {Decision}")]
    private static partial void LogDecision(ILogger logger, ServiceTarget target, string decision);
}
