using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rollcall.Registry;
using Rollcall.Registry.Engine;

namespace Rollcall.Node.Findings;

/// <summary>
/// Asks <see cref="CallerQuorum"/> once a second and writes what it says, as a change of the instance like any other: whoever watches must be told of it with a revision, and only the journal
/// gives those. What callers said and how often an instance was marked is in memory only: callers repeat it within seconds.
/// </summary>
internal sealed partial class QuorumLoop : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly FindingTable _findings;
    private readonly FindingMetrics _metrics;
    private readonly NodeLifetime _lifetime;
    private readonly CallerQuorum _quorum;
    private readonly bool _isOn;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly ILogger _logger;

    public QuorumLoop(FindingTable findings, FindingMetrics metrics, NodeLifetime lifetime, NodeOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        (_findings, _metrics, _lifetime, _time) = (findings, metrics, lifetime, time);
        _quorum = new CallerQuorum(options.Callers);
        _isOn = options.Callers.Quorum is not null;
        _origin = time.GetTimestamp();
        _logger = loggers.CreateLogger("Rollcall.Node.Findings");
    }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var registry = _lifetime.Registry;

        // Marks of before the restart, which end at once when callers have no say any more.
        var marked = registry.Catalog.Services.Where(static service => service.Instances.Any(IsMarked)).Select(static service => service.Service).ToHashSet(StringComparer.Ordinal);
        while (_isOn || marked.Count > 0)
        {
            await Task.Delay(Interval, _time, stoppingToken);
            foreach (var service in (string[])[.. marked.Union(_findings.Services, StringComparer.Ordinal).Union(_quorum.Services, StringComparer.Ordinal)])
            {
                if (await TryJudgeAsync(registry, service, stoppingToken))
                    marked.Remove(service);
            }
        }
    }

    // True when all that was to be written is written.
    private async Task<bool> TryJudgeAsync(ServiceRegistry registry, string service, CancellationToken cancellationToken)
    {
        try
        {
            var isWritten = true;
            var votes = new CallerVotes(_findings.ReportsOf(service), registry.Watchers.GetWatchers(service));
            foreach (var verdict in _quorum.Judge(service, registry.Catalog.GetService(service).Instances, votes, Now))
                isWritten &= await WriteAsync(registry, verdict, cancellationToken);
            return isWritten;
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // Whatever it was, the next look is in a second.
            LogFailed(service, error);
            return false;
        }
    }

    private async Task<bool> WriteAsync(ServiceRegistry registry, CallerVerdict verdict, CancellationToken cancellationToken)
    {
        var result = await registry.SetCallersFindingAsync(verdict.Instance, verdict.Finding, cancellationToken);

        // It was registered anew or has left since it was looked at, or the journal takes nothing at present, which it says itself.
        if (result.Outcome != WriteOutcome.Changed)
            return result.Outcome is WriteOutcome.Unchanged or WriteOutcome.NotFound;
        _quorum.Written(verdict, Now);
        if (verdict.Finding is { } finding)
        {
            _metrics.Marked();
            LogMarked(verdict.Instance.Key, finding, DurationText.Format(_quorum.LengthOf(verdict.Instance.Key)));
        }
        else
        {
            LogOver(verdict.Instance.Key, verdict.WhyOver!);
        }

        return true;
    }

    private static bool IsMarked(Instance instance) => instance.CallersFinding is not null;
}
