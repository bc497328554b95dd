using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Rollcall.Cli.Gossip;

internal static partial class GossipRunLog
{
    [LoggerMessage(6011, LogLevel.Information, "{Signal}: leaving the cluster; once more ends the process at once")]
    public static partial void Leaving(ILogger logger, PosixSignal signal);

    [LoggerMessage(6012, LogLevel.Information, "Left the cluster")]
    public static partial void Left(ILogger logger);

    [LoggerMessage(6013, LogLevel.Warning, "Ended without leaving; others may take this node for failed")]
    public static partial void Abandoned(ILogger logger);

    [LoggerMessage(6014, LogLevel.Warning, "The keyring {File} is open to others than its owner; whoever reads it can join the cluster. Close it with chmod 600")]
    public static partial void KeyringOpen(ILogger logger, string file);

    [LoggerMessage(6015, LogLevel.Error, "Joining has ended by a failure; ask for it again with 'rollcall gossip join'")]
    public static partial void JoinFailed(ILogger logger, Exception error);

    [LoggerMessage(6016, LogLevel.Information, "The keys have changed; {File} has {Keys}")]
    public static partial void KeyringSaved(ILogger logger, string file, int keys);

    [LoggerMessage(6017, LogLevel.Error, "The keys have changed, and {File} has not: {Error}. Make room or give permission there, and change a key again, or write it by hand")]
    public static partial void KeyringNotSaved(ILogger logger, string file, string error);
}
