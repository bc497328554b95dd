using Rollcall.Api;
using Rollcall.TestKit;

namespace Rollcall.Node.Tests.Api;

public sealed class FindingsTests
{
    [Fact]
    public async Task What_a_caller_reports_with_its_query_is_shown_until_it_takes_it_back()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        FindingDocument[] findings = [new() { Instance = "o-1", Reason = "failures", Times = 2, SuccessRate = 0.5, Latency = 0.25 }];
        await node.Client.GetServiceAsync("orders", new ServiceQuery { Index = 0, Wait = TimeSpan.Zero, Watcher = "w", Findings = findings });

        var found = Assert.Single((await node.Client.GetFindingsAsync("orders")).Findings);
        Assert.Equal(findings[0] with { Caller = "w", Remote = found.Remote, Since = found.Since }, found);
        Assert.StartsWith("127.0.0.1:", found.Remote, StringComparison.Ordinal);

        await node.Client.GetServiceAsync("orders", new ServiceQuery { Index = 0, Wait = TimeSpan.Zero, Watcher = "w" });
        Assert.Empty((await node.Client.GetFindingsAsync("orders")).Findings);
    }

    [Fact]
    public async Task It_is_shown_while_the_query_still_waits()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");
        using var end = new CancellationTokenSource();
        var query = node.Client.GetServiceAsync(
            "orders", new ServiceQuery { Index = 1, Wait = TimeSpan.FromMinutes(1), Watcher = "w", Findings = [new() { Instance = "o-1", Reason = "silent" }] }, end.Token);

        using var limit = new CancellationTokenSource(Eventually.Limit);
        while ((await node.Client.GetFindingsAsync("orders", limit.Token)).Findings.Count == 0)
            await Task.Yield();
        Assert.False(query.IsCompleted);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(query));
    }

    [Fact]
    public async Task A_report_that_breaks_a_rule_or_has_no_name_is_not_heard_but_the_query_is_answered()
    {
        await using var node = await TestNode.StartAsync();
        await node.PutAsync("orders", "o-1");

        var wrong = await node.SendAsync("GET", "/api/services/orders?index=0&wait=0s", null, ("Rollcall-Watcher", "w"), ("Rollcall-Findings", "o-1"));
        await node.SendAsync("GET", "/api/services/orders?index=0&wait=0s", null, ("Rollcall-Watcher", "w"), ("Rollcall-Findings", "\"o-1\";reason=silent;success=-Infinity"));
        var nameless = await node.SendAsync("GET", "/api/services/orders?index=0&wait=0s", null, ("Rollcall-Findings", "\"o-1\";reason=silent"));

        Assert.Equal(200, (int)wrong.Status);
        Assert.Contains("o-1", wrong.Body, StringComparison.Ordinal);
        Assert.Equal(200, (int)nameless.Status);
        Assert.Empty((await node.Client.GetFindingsAsync("orders")).Findings);
        Assert.Contains("rollcall_findings_ignored_total{reason=\"malformed\"} 2\n", (await node.GetAsync("/metrics")).Body, StringComparison.Ordinal);
        Assert.Single(node.Logs.Lines, static line => line.Contains("breaks a rule and is ignored", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unknown_service_is_not_found()
    {
        await using var node = await TestNode.StartAsync();

        Assert.Equal(404, (int)(await node.SendAsync("GET", "/api/services/nobody/findings")).Status);
    }
}
