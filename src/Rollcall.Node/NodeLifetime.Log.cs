using Microsoft.Extensions.Logging;
using Rollcall.Registry.Journaling;

namespace Rollcall.Node;

internal sealed partial class NodeLifetime
{
    [LoggerMessage(4001, LogLevel.Information, "Listening on {Urls}. Data: {Directory} ({Durability}). Recovered {Instances} of {Services} in {Milliseconds} ms.")]
    private partial void LogListening(string urls, string directory, Durability durability, string instances, string services, long milliseconds);
}
