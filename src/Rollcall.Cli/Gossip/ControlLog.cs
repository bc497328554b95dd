using Microsoft.Extensions.Logging;

namespace Rollcall.Cli.Gossip;

internal static partial class ControlLog
{
    [LoggerMessage(6001, LogLevel.Warning, "The control socket cannot accept; that is tried again. {Error}")]
    public static partial void AcceptFailed(ILogger logger, string error);

    [LoggerMessage(6002, LogLevel.Error, "A request over the control socket failed; this is a bug, please report it.")]
    public static partial void Failed(ILogger logger, Exception error);
}
