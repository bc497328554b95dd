using Microsoft.Extensions.Logging;

namespace Rollcall.Node.Api;

internal sealed partial class RequestEdge
{
    [LoggerMessage(4101, LogLevel.Error, "{Method} {Path} failed; this is a bug, please report it.")]
    private partial void LogFailed(string method, string path, Exception error);
}
