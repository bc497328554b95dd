using Microsoft.Extensions.Logging;

namespace Rollcall.Health;

internal sealed partial class HealthNews
{
    private static partial class Log
    {
        [LoggerMessage(2300, LogLevel.Information, "{Endpoint} of {Target} is avoided for {Length}: {Reason} ({Detail}).")]
        public static partial void Avoided(ILogger logger, string endpoint, ServiceTarget target, string length, string reason, string detail);

        [LoggerMessage(2301, LogLevel.Warning, "{Endpoint} of {Target} is ejected for {Length}, for the {Times}. time in a row: {Reason} ({Detail}).")]
        public static partial void Ejected(ILogger logger, string endpoint, ServiceTarget target, string length, int times, string reason, string detail);

        [LoggerMessage(2302, LogLevel.Debug, "{Endpoint} of {Target} was tried and is still avoided, for {Length}: {Reason} ({Detail}).")]
        public static partial void StillAvoided(ILogger logger, string endpoint, ServiceTarget target, string length, string reason, string detail);

        [LoggerMessage(2303, LogLevel.Information, "{Endpoint} of {Target} is used again after {After}; it was avoided for: {Reason}.")]
        public static partial void Returned(ILogger logger, string endpoint, ServiceTarget target, string after, string reason);

        [LoggerMessage(2304, LogLevel.Debug, "{Endpoint} of {Target} does badly ({Reason}: {Detail}) but is not ejected: {Ejected} of {Ready} endpoints are already, and MaxEjectedShare allows no more.")]
        public static partial void Spared(ILogger logger, string endpoint, ServiceTarget target, string reason, string detail, int ejected, int ready);

        [LoggerMessage(2305, LogLevel.Warning, "Only {Usable} of the {Ready} ready endpoints of {Target} are not avoided: those that were ejected are used all the same.")]
        public static partial void PanicBegan(ILogger logger, int usable, int ready, ServiceTarget target);

        [LoggerMessage(2306, LogLevel.Information, "{Usable} of the {Ready} ready endpoints of {Target} are not avoided: that is enough again.")]
        public static partial void PanicEnded(ILogger logger, int usable, int ready, ServiceTarget target);
    }
}
