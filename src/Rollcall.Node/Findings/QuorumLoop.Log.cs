using Microsoft.Extensions.Logging;
using Rollcall.Registry;

namespace Rollcall.Node.Findings;

internal sealed partial class QuorumLoop
{
    [LoggerMessage(4201, LogLevel.Warning, "{Instance} is not ready for anybody: {Finding}. Callers try it again in {Time} at the latest.")]
    private partial void LogMarked(InstanceKey instance, string finding, string time);

    [LoggerMessage(4202, LogLevel.Information, "What callers found of {Instance} counts no more: {Why}.")]
    private partial void LogOver(InstanceKey instance, string why);

    [LoggerMessage(4203, LogLevel.Error, "What callers say of {Service} could not be judged; it is tried again.")]
    private partial void LogFailed(string service, Exception error);
}
