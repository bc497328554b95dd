using Microsoft.Extensions.Logging;

namespace Rollcall.Node.Findings;

internal sealed partial class FindingReader
{
    [LoggerMessage(4204, LogLevel.Warning, "What {Caller} at {Remote} reports of {Service} breaks a rule and is ignored: {Header}. Others that do are only counted for a minute.")]
    private partial void LogMalformed(string caller, string remote, string service, string header);
}
