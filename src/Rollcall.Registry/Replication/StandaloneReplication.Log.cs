using Microsoft.Extensions.Logging;

namespace Rollcall.Registry.Replication;

internal sealed partial class StandaloneReplication
{
    [LoggerMessage(1101, LogLevel.Error, "Writes are refused until the journal works again; reads go on. {Problem}")]
    private static partial void LogJournalFails(ILogger logger, string problem);

    [LoggerMessage(1102, LogLevel.Error, "A batch of writes failed for an unforeseen reason; its callers were told, nothing was changed.")]
    private static partial void LogBatchFailed(ILogger logger, Exception error);

    [LoggerMessage(1103, LogLevel.Information, "The journal works again; writes are taken.")]
    private static partial void LogJournalRecovered(ILogger logger);

    [LoggerMessage(1104, LogLevel.Warning, "The journal's snapshot could not be written and is tried again in {Retry}; nothing is lost, the next start takes longer. {Problem}")]
    private static partial void LogSnapshotFailed(ILogger logger, string problem, TimeSpan retry);

    [LoggerMessage(1105, LogLevel.Critical, "The write path has failed for good; this node refuses writes until it is restarted.")]
    private static partial void LogSequencerDied(ILogger logger, Exception error);
}
