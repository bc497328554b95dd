using Microsoft.Extensions.Logging;

namespace Rollcall.Registry.Replication;

internal sealed partial class StandaloneReplication
{
    [LoggerMessage(1101, LogLevel.Error, "A batch of writes failed for an unforeseen reason; its callers were told, nothing was changed.")]
    private static partial void LogBatchFailed(ILogger logger, Exception error);

    [LoggerMessage(1102, LogLevel.Warning, "The journal's snapshot at revision {Revision} could not be written; it is tried again later, nothing is lost, the next start takes longer. {Problem}")]
    private static partial void LogSnapshotFailed(ILogger logger, long revision, string problem);

    [LoggerMessage(1103, LogLevel.Critical, "The write path has failed for good; this node refuses writes until it is restarted.")]
    private static partial void LogSequencerDied(ILogger logger, Exception error);
}
