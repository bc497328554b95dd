using Microsoft.Extensions.Logging;

namespace Rollcall.Kubernetes.Reflecting;

internal sealed partial class Reflector<T>
{
    [LoggerMessage(EventId = 400, Level = LogLevel.Warning, Message = "{Resource} of the namespace {Namespace} ({Cluster}) cannot be followed; trying on. {Reason}")]
    private static partial void LogFailed(ILogger logger, string resource, string @namespace, string cluster, string reason);

    [LoggerMessage(EventId = 401, Level = LogLevel.Information, Message = "{Resource} of the namespace {Namespace} ({Cluster}) are followed again.")]
    private static partial void LogRecovered(ILogger logger, string resource, string @namespace, string cluster);

    [LoggerMessage(EventId = 402, Level = LogLevel.Debug, Message = "{Resource} of the namespace {Namespace} ({Cluster}): listed {Objects} at version {Version}.")]
    private static partial void LogListed(ILogger logger, string resource, string @namespace, string cluster, int objects, string version);

    [LoggerMessage(EventId = 403, Level = LogLevel.Debug, Message = "The watch of {Resource} of the namespace {Namespace} ({Cluster}) ended ({Reason}); beginning another.")]
    private static partial void LogWatchEnded(ILogger logger, string resource, string @namespace, string cluster, string reason);

    [LoggerMessage(EventId = 404, Level = LogLevel.Critical, Message = "Following {Resource} of the namespace {Namespace} ({Cluster}) failed by a defect; beginning anew.")]
    private static partial void LogDefect(ILogger logger, Exception error, string resource, string @namespace, string cluster);
}
