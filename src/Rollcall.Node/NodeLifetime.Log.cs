using Microsoft.Extensions.Logging;
using Rollcall.Registry.Journaling;

namespace Rollcall.Node;

internal sealed partial class NodeLifetime
{
    [LoggerMessage(4001, LogLevel.Information, "Listening on {Urls}. Data: {Directory} ({Durability}). Recovered {Instances} instances of {Services} services in {Milliseconds} ms.")]
    private partial void LogListening(string urls, string directory, Durability durability, int instances, int services, long milliseconds);

    [LoggerMessage(4002, LogLevel.Warning, "Recovery had to mend the journal: {Report}")]
    private partial void LogMended(string report);
}
