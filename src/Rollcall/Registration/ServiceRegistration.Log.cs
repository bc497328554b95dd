using Microsoft.Extensions.Logging;

namespace Rollcall.Registration;

public sealed partial class ServiceRegistration
{
    private void Log(RegistrationNotice notice)
    {
        switch (notice)
        {
            case RegistrationNotice.Unreachable n:
                LogUnreachable(_logger, n.Error.Message);
                break;
            case RegistrationNotice.Reachable n:
                LogReachable(_logger, DurationText.Format(n.After));
                break;
            case RegistrationNotice.Registered n:
                LogRegistered(_logger, n.Service, n.Id, n.Revision);
                break;
            case RegistrationNotice.Forgotten n:
                LogForgotten(_logger, n.Service, n.Id);
                break;
            case RegistrationNotice.Conflict { NewId: { } newId } n:
                LogRenamed(_logger, n.Service, n.Id, newId);
                break;
            case RegistrationNotice.Conflict n:
                LogConflict(_logger, n.Service, n.Id);
                break;
            case RegistrationNotice.Refused n:
                LogRefused(_logger, n.Service, n.Id, n.Error.Message);
                break;
            case RegistrationNotice.Drained { Drain.Complete: true } n:
                LogDrained(_logger, n.Service, n.Id, Api.DrainText.Applied(n.Drain));
                break;
            case RegistrationNotice.Drained n:
                LogDrainIncomplete(_logger, n.Service, n.Id, Api.DrainText.NotApplied(n.Drain), string.Join(", ", n.Drain.Waiting.Select(static watcher => watcher.Id)));
                break;
            case RegistrationNotice.Deregistered n:
                LogDeregistered(_logger, n.Service, n.Id);
                break;
        }
    }

    [LoggerMessage(1100, LogLevel.Information, "Registered {Service}/{Instance} (revision {Revision})")]
    private static partial void LogRegistered(ILogger logger, string service, string instance, long revision);

    [LoggerMessage(1101, LogLevel.Warning, "{Reason} Registration goes on trying; the application runs meanwhile")]
    private static partial void LogUnreachable(ILogger logger, string reason);

    [LoggerMessage(1102, LogLevel.Information, "The node answers again after {Outage}")]
    private static partial void LogReachable(ILogger logger, string outage);

    [LoggerMessage(1103, LogLevel.Information, "The node does not know {Service}/{Instance} any more; registering it again")]
    private static partial void LogForgotten(ILogger logger, string service, string instance);

    [LoggerMessage(1104, LogLevel.Information, "{Service}/{Instance} is held by another owner; registering as {NewInstance}")]
    private static partial void LogRenamed(ILogger logger, string service, string instance, string newInstance);

    [LoggerMessage(1105, LogLevel.Warning, "{Service}/{Instance} is held by another owner; trying until its lease has lapsed. To take it over at once, give both processes the same owner secret, or this one another id")]
    private static partial void LogConflict(ILogger logger, string service, string instance);

    [LoggerMessage(1106, LogLevel.Error, "The node refuses {Service}/{Instance}: {Reason}")]
    private static partial void LogRefused(ILogger logger, string service, string instance, string reason);

    [LoggerMessage(1107, LogLevel.Information, "Drained {Service}/{Instance}: {Applied}")]
    private static partial void LogDrained(ILogger logger, string service, string instance, string applied);

    [LoggerMessage(1108, LogLevel.Warning, "Drained {Service}/{Instance}, but {NotApplied}, and may still send to it: {Watchers}")]
    private static partial void LogDrainIncomplete(ILogger logger, string service, string instance, string notApplied, string watchers);

    [LoggerMessage(1109, LogLevel.Information, "Deregistered {Service}/{Instance}")]
    private static partial void LogDeregistered(ILogger logger, string service, string instance);

    [LoggerMessage(1110, LogLevel.Error, "{Action} failed unexpectedly; trying again")]
    private static partial void LogUnexpected(ILogger logger, string action, Exception error);
}
