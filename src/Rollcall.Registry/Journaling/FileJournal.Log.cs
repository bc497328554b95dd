using Microsoft.Extensions.Logging;

namespace Rollcall.Registry.Journaling;

internal sealed partial class FileJournal
{
    // Nobody waits for this, unlike an append, whose caller is told too.
    [LoggerMessage(2001, LogLevel.Error, "Changes may not survive a loss of power. {Problem}")]
    private partial void LogFlushFailed(string problem);

    [LoggerMessage(2003, LogLevel.Error, "Writes are refused from now on; reads go on. {Problem}")]
    private partial void LogUnwritable(string problem);

    [LoggerMessage(2004, LogLevel.Information, "The journal can be written again, after {Duration}.")]
    private partial void LogWritable(string duration);

    [LoggerMessage(2002, LogLevel.Information, "Wrote a snapshot of revision {Revision}, {Bytes} bytes; dropped {Dropped} files of old history.")]
    private partial void LogSnapshot(long revision, long bytes, int dropped);
}
