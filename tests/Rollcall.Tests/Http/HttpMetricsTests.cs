using Rollcall.Http;
using Rollcall.Http.Resilience;

namespace Rollcall.Tests.Http;

public sealed class HttpMetricsTests
{
    [Fact]
    public void EveryInstrument_IsRecordedWithAClosedSetOfTags()
    {
        var metrics = new HttpMetrics(null);
        using var tries = new Tries(metrics);

        foreach (var outcome in Enum.GetValues<TryOutcome>())
        {
            metrics.Tried(outcome);
            metrics.Retried(outcome);
        }

        foreach (var kind in Enum.GetValues<OutcomeKind>())
            metrics.Learned(kind);
        foreach (var reason in Enum.GetValues<Refusal>())
            metrics.Refused(reason);
        foreach (var state in Enum.GetValues<BreakerState>())
            metrics.BreakerChanged(state);
        metrics.Hedged();
        metrics.WithoutEndpoint();

        string[] outcomes = ["answered", "cancelled", "failed", "reset", "timed-out", "unreachable"];
        string[] kinds = ["cancelled", "error", "gateway-error", "reset", "success", "throttled", "timed-out", "unreachable"];
        string[] expected = [.. outcomes, .. kinds.Select(static k => $"rollcall.client.outcomes {k}"), .. outcomes.Select(static o => $"rollcall.client.retries {o}"), "rollcall.client.requests_without_endpoint", "rollcall.client.hedges",
            "rollcall.client.refused retry-budget", "rollcall.client.refused breaker", "rollcall.client.refused queue-full",
            "rollcall.client.breaker.changes open", "rollcall.client.breaker.changes closed", "rollcall.client.breaker.changes half-open"];
        Assert.Equal(expected.Order(StringComparer.Ordinal), tries.Keys);
        Assert.All(expected, key => Assert.Equal(1, tries[key]));
    }
}
