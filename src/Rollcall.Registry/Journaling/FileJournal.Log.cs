using Microsoft.Extensions.Logging;

namespace Rollcall.Registry.Journaling;

internal sealed partial class FileJournal
{
    [LoggerMessage(2001, LogLevel.Error, "{Problem}")]
    private partial void LogUnavailable(string problem);

    [LoggerMessage(2002, LogLevel.Information, "The journal takes writes again.")]
    private partial void LogAvailable();

    [LoggerMessage(2003, LogLevel.Information, "Wrote a snapshot of revision {Revision}, {Bytes} bytes; dropped {Dropped} files of old history.")]
    private partial void LogSnapshot(long revision, long bytes, int dropped);
}
