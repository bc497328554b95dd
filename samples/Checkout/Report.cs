using System.Text.Json;
using Rollcall;
using Rollcall.Api;
using Rollcall.Watching;

namespace Checkout;

/// <summary>Writes one line of JSON to standard output five times a second: the tally, and what the watch of orders believes.</summary>
internal sealed class Report(Tally tally, ServiceResolver resolver, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    // Addresses outlive their endpoints here: what was sent to an instance is told after it has left.
    private readonly SortedDictionary<string, string> _addresses = new(StringComparer.Ordinal);
    private ServiceWatch? _watch;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // Services stop in reverse order: by now the traffic has ended, so this last line is the whole account.
        await base.StopAsync(cancellationToken);
        await WriteAsync(cancellationToken);
        _watch?.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The same watch that HttpClient uses: there is one per process.
        _watch = resolver.Watch(ServiceTarget.Parse("rollcall:///orders"));
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await WriteAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var line = JsonSerializer.Serialize(Snapshot(), ReportJson.Default.ReportLine);
        await Console.Out.WriteLineAsync(line.AsMemory(), cancellationToken);
    }

    private ReportLine Snapshot()
    {
        var set = _watch?.Current;
        foreach (var endpoint in set?.Endpoints ?? [])
            _addresses[endpoint.Id] = $"{endpoint.Host}:{endpoint.Ports[Endpoint.DefaultPortName]}";
        return new ReportLine
        {
            Time = time.GetUtcNow(),
            Requests = tally.Requests,
            Tries = tally.Tries,
            SlowestMs = Math.Round(tally.Slowest.TotalMilliseconds, 1),
            Failures = tally.Failures,
            Instances = [.. tally.Instances.Keys.Union(_addresses.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(Instance)],
            Freshness = set is null ? "waiting" : set.Freshness.Kind.ToString(),
            FreshnessReason = set?.Freshness.Reason,
            Endpoints = [.. (set?.Endpoints ?? []).Select(static endpoint => new ReportEndpoint(endpoint.Id, StateText.Format(endpoint.State), endpoint.Reason))],
        };
    }

    private ReportInstance Instance(string id)
    {
        var served = tally.Instances.GetValueOrDefault(id);
        return new ReportInstance(id, served?.Requests ?? 0, served?.Last, _addresses.TryGetValue(id, out var address) ? tally.LastSent(address) : null);
    }
}
