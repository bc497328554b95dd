using Rollcall.Http;

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
        metrics.WithoutEndpoint();

        string[] outcomes = ["answered", "cancelled", "failed", "reset", "timed-out", "unreachable"];
        string[] kinds = ["cancelled", "error", "gateway-error", "reset", "success", "throttled", "timed-out", "unreachable"];
        string[] expected = [.. outcomes, .. kinds.Select(static k => $"rollcall.client.outcomes {k}"), .. outcomes.Select(static o => $"rollcall.client.retries {o}"), "rollcall.client.requests_without_endpoint"];
        Assert.Equal(expected.Order(StringComparer.Ordinal), tries.Keys);
        Assert.All(expected, key => Assert.Equal(1, tries[key]));
    }
}
