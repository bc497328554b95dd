using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rollcall.Api;
using Rollcall.Node.Problems;
using Rollcall.Node.Watching;

namespace Rollcall.Node.Findings;

/// <summary>
/// Takes what a caller reports with its blocking query. Whatever it says, the query is answered: that a caller gets its endpoints matters more than what it thinks of them. Thread-safe.
/// </summary>
internal sealed partial class FindingReader(FindingTable findings, FindingMetrics metrics, TimeProvider time, ILoggerFactory loggers)
{
    private static readonly TimeSpan LogEvery = TimeSpan.FromMinutes(1);

    private readonly ILogger _logger = loggers.CreateLogger("Rollcall.Node.Findings");
    private readonly Lock _gate = new();
    private long? _loggedAt;

    /// <summary>Puts the report of a request into the table.</summary>
    /// <param name="request">The request.</param>
    /// <param name="service">The service it asks for.</param>
    /// <param name="remote">Who sends it.</param>
    /// <param name="applied">The revision that it has applied; 0 when unknown.</param>
    /// <param name="wait">In how long it will ask again at the latest.</param>
    public void Read(HttpRequest request, string service, Remote remote, long applied, TimeSpan wait)
    {
        // Only who gave a name can be told from others, and take back what it said.
        if (!remote.IsNamed)
            return;
        var header = request.Headers[ApiNames.FindingsHeader];
        var found = header.Count == 0 ? [] : FindingText.Parse(header.ToString());
        if (found is null)
        {
            // What it said before stands until it is forgotten: that this cannot be read says nothing about it.
            metrics.Ignored(FindingMetrics.Malformed);
            if (IsTimeToLog())
                LogMalformed(remote.Name, remote.Address, service, Echo.Quote(header.ToString()));
        }
        else if (!findings.Report(service, new CallerReport(remote.Name, remote.Address, applied, found), wait))
        {
            metrics.Ignored(FindingMetrics.TooMany);
        }
    }

    private bool IsTimeToLog()
    {
        lock (_gate)
        {
            if (_loggedAt is { } before && time.GetElapsedTime(before) < LogEvery)
                return false;
            _loggedAt = time.GetTimestamp();
            return true;
        }
    }
}
