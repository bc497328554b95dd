using Microsoft.Extensions.Logging;

namespace Rollcall.Gateway;

public sealed partial class GatewayHost
{
    private static partial class Log
    {
        [LoggerMessage(7001, LogLevel.Information, "{Url} is served without HTTP/3, which this platform lacks; on Linux install libmsquic. HTTP/1.1 and HTTP/2 are not concerned.")]
        public static partial void WithoutHttp3(ILogger logger, string url);
    }
}
