using Microsoft.Extensions.Logging;

namespace Rollcall.Kubernetes.Reading;

internal sealed partial class SliceAccess
{
    [LoggerMessage(EventId = 430, Level = LogLevel.Warning, Message = "Endpoint slices cannot be read in the namespace {Namespace} ({Cluster}); endpoints are read instead, and slices tried again every {Interval}. {Reason}")]
    private static partial void LogFallback(ILogger logger, string @namespace, string cluster, string interval, string reason);

    [LoggerMessage(EventId = 431, Level = LogLevel.Information, Message = "Endpoint slices can be read again in the namespace {Namespace} ({Cluster}).")]
    private static partial void LogBack(ILogger logger, string @namespace, string cluster);
}
