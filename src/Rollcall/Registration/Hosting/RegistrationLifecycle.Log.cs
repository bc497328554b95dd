using Microsoft.Extensions.Logging;

namespace Rollcall.Registration.Hosting;

internal sealed partial class RegistrationLifecycle
{
    [LoggerMessage(1120, LogLevel.Error, "{Service} is not registered: the application listens on no TCP port. Let it listen on one, or name it in the options: o.Ports[\"http\"] = 8080")]
    private static partial void LogNoPort(ILogger logger, string service);

    [LoggerMessage(1121, LogLevel.Warning, "The node could not be told that this process ends; its leases lapse by themselves")]
    private static partial void LogNotWithdrawn(ILogger logger);
}
