using Microsoft.Extensions.Logging;

namespace Rollcall.DependencyInjection;

internal sealed partial class ServiceNamesFollower
{
    private static partial class Log
    {
        [LoggerMessage(2210, LogLevel.Warning, "The configuration was reloaded and is wrong; the services stay what they were. {Error}")]
        public static partial void ReloadRefused(ILogger logger, string error);
    }
}
