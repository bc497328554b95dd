using Microsoft.Extensions.Logging;

namespace Rollcall.Registry.Journaling;

internal sealed partial class FileJournal
{
    // A failed append is told to its caller, who logs it; nobody waits for this.
    [LoggerMessage(2001, LogLevel.Error, "Changes may not survive a loss of power. {Problem}")]
    private partial void LogFlushFailed(string problem);

    [LoggerMessage(2002, LogLevel.Information, "Wrote a snapshot of revision {Revision}, {Bytes} bytes; dropped {Dropped} files of old history.")]
    private partial void LogSnapshot(long revision, long bytes, int dropped);
}
