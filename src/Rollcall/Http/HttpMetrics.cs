using System.Diagnostics.Metrics;
using Rollcall.Watching;

namespace Rollcall.Http;

/// <summary>What became of the requests that this process sent to services.</summary>
internal sealed class HttpMetrics
{
    private static readonly KeyValuePair<string, object?>[] Outcomes =
    [
        new("rollcall.outcome", "answered"),
        new("rollcall.outcome", "unreachable"),
        new("rollcall.outcome", "reset"),
        new("rollcall.outcome", "timed-out"),
        new("rollcall.outcome", "cancelled"),
        new("rollcall.outcome", "failed"),
    ];

    private static readonly KeyValuePair<string, object?>[] Kinds =
    [
        new("rollcall.outcome", "success"),
        new("rollcall.outcome", "error"),
        new("rollcall.outcome", "gateway-error"),
        new("rollcall.outcome", "throttled"),
        new("rollcall.outcome", "unreachable"),
        new("rollcall.outcome", "reset"),
        new("rollcall.outcome", "timed-out"),
        new("rollcall.outcome", "cancelled"),
    ];

    private readonly Counter<long> _tries;
    private readonly Counter<long> _learned;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _withoutEndpoint;

    public HttpMetrics(IMeterFactory? meters)
    {
        // Without a factory the meter has no listener and costs nothing.
        Meter = meters?.Create(WatchMetrics.MeterName) ?? new Meter(WatchMetrics.MeterName);
        _tries = Meter.CreateCounter<long>("rollcall.client.tries", "{try}", "Tries to send a request to an endpoint, by how they ended.");
        _learned = Meter.CreateCounter<long>("rollcall.client.outcomes", "{try}", "Tries that are over, body included, by what they taught of their endpoint.");
        _retries = Meter.CreateCounter<long>("rollcall.client.retries", "{retry}", "Tries that followed a failed one, by how that ended.");
        _withoutEndpoint = Meter.CreateCounter<long>("rollcall.client.requests_without_endpoint", "{request}", "Requests for which there was no endpoint.");
    }

    public Meter Meter { get; }

    public void Tried(TryOutcome outcome) => _tries.Add(1, Outcomes[(int)outcome]);

    public void Learned(OutcomeKind kind) => _learned.Add(1, Kinds[(int)kind]);

    public void Retried(TryOutcome after) => _retries.Add(1, Outcomes[(int)after]);

    public void WithoutEndpoint() => _withoutEndpoint.Add(1);
}
