using Microsoft.Extensions.Logging;

namespace Rollcall.Watching;

internal sealed partial class SharedWatch
{
    private static partial class Log
    {
        [LoggerMessage(EventId = 100, Level = LogLevel.Warning, Message = "{Target} is stale, {Endpoints} endpoints kept: {Reason}")]
        public static partial void Stale(ILogger logger, ServiceTarget target, int endpoints, string? reason);

        [LoggerMessage(EventId = 101, Level = LogLevel.Information, Message = "{Target} is live again with {Endpoints} endpoints.")]
        public static partial void Live(ILogger logger, ServiceTarget target, int endpoints);

        [LoggerMessage(EventId = 102, Level = LogLevel.Warning, Message = "{Target} has no state yet; trying on. {Reason}")]
        public static partial void NoState(ILogger logger, ServiceTarget target, string reason);

        [LoggerMessage(EventId = 103, Level = LogLevel.Debug, Message = "{Target}: revision {Revision}, {Endpoints} endpoints, {Freshness}.")]
        public static partial void Published(ILogger logger, ServiceTarget target, long revision, int endpoints, Freshness freshness);

        [LoggerMessage(EventId = 104, Level = LogLevel.Error, Message = "{Target}: a value could not be computed from revision {Revision}; the one before stays in use.")]
        public static partial void ProjectionFailed(ILogger logger, Exception error, ServiceTarget target, long revision);

        [LoggerMessage(EventId = 105, Level = LogLevel.Critical, Message = "The watch of {Target} ended by a defect of its own; what it last knew stays in use.")]
        public static partial void Defect(ILogger logger, Exception error, ServiceTarget target);
    }
}
