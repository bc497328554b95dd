using Microsoft.Extensions.Logging;

namespace Rollcall.Http;

public sealed partial class RollcallHandler
{
    private static partial class Log
    {
        [LoggerMessage(2201, LogLevel.Debug, "{Method} {Route} on {Destination}: {Outcome}, tried elsewhere. {Error}")]
        public static partial void Retrying(ILogger logger, HttpMethod method, ServiceRoute route, Destination destination, TryOutcome outcome, string error);

        [LoggerMessage(2202, LogLevel.Debug, "{Method} {Route}: no endpoint. {Problem}")]
        public static partial void WithoutEndpoint(ILogger logger, HttpMethod method, ServiceRoute route, string problem);

        [LoggerMessage(2203, LogLevel.Warning, "{Route}: every request of the last {Window} failed. Requests fail at once from now on; one is let through every {Pause}.")]
        public static partial void BreakerOpened(ILogger logger, ServiceRoute route, TimeSpan window, TimeSpan pause);

        [LoggerMessage(2204, LogLevel.Information, "{Route} answers again. Requests are sent as before.")]
        public static partial void BreakerClosed(ILogger logger, ServiceRoute route);
    }
}
