using Microsoft.Extensions.Logging;

namespace Rollcall.Registry.Journaling;

public static partial class Journal
{
    [LoggerMessage(2011, LogLevel.Information, "Opened the journal in {Directory}: revision {Revision}, instances: {Instances}, {Milliseconds:0} ms.")]
    private static partial void LogOpened(ILogger logger, string directory, long revision, int instances, double milliseconds);

    [LoggerMessage(2012, LogLevel.Warning, "Cut an unfinished write from the journal: {Bytes} bytes of {File} at offset {Offset}. It looks like one that was interrupted before anything of it was acknowledged.")]
    private static partial void LogCut(ILogger logger, long bytes, string file, long offset);

    [LoggerMessage(2013, LogLevel.Warning, "The snapshot {File} is damaged; the state was rebuilt without it. It goes when the next snapshot is written.")]
    private static partial void LogDamagedSnapshot(ILogger logger, string file);
}
