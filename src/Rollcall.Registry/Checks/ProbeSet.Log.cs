using Microsoft.Extensions.Logging;

namespace Rollcall.Registry.Checks;

internal sealed partial class ProbeSet
{
    [LoggerMessage(2210, LogLevel.Error, "The {Kind} check {Target} of {Key} could not be made; it counts as failed.")]
    private partial void LogProbeFailed(Exception error, CheckKind kind, string target, InstanceKey key);
}
