using System.Net;

namespace Rollcall.Cli.Tests.Commands;

public sealed class WriteCommandTests
{
    [Fact]
    public async Task Deregister_says_what_is_gone()
    {
        using var run = new CliRun { Node = new FakeNode().On("DELETE /api/services/orders/instances/o-1", """{"service":"orders","id":"o-1","revision":58}""") };
        Assert.Equal(0, await run.RunAsync("deregister orders o-1"));
        Assert.Equal("orders/o-1 deregistered\n", run.Out);
    }

    [Theory]
    [InlineData("", null, null)]
    [InlineData("", "from-variable", "from-variable")]
    [InlineData("--owner given", "from-variable", "given")]
    public async Task Deregister_shows_the_owners_secret(string option, string? variable, string? expected)
    {
        var node = new FakeNode().On("DELETE /api/services/orders/instances/o-1", """{"service":"orders","id":"o-1","revision":58}""");
        using var run = new CliRun { Node = node };
        if (variable is not null)
            run.Variables["ROLLCALL_OWNER"] = variable;
        Assert.Equal(0, await run.RunAsync($"deregister orders o-1 {option}"));
        Assert.Equal(expected, node.Owner);
    }

    [Fact]
    public async Task Deregister_of_a_foreign_instance_fails_with_the_nodes_words()
    {
        using var run = new CliRun
        {
            Node = new FakeNode().Refuse("DELETE /api/services/orders/instances/o-1", HttpStatusCode.Forbidden, "not-owner", "orders/o-1 has an owner."),
        };
        Assert.Equal(1, await run.RunAsync("deregister orders o-1"));
        Assert.Equal("error: Could not deregister orders/o-1: orders/o-1 has an owner.\n", run.Error);
    }

    [Fact]
    public async Task Drain_is_done_when_all_have_applied_it()
    {
        using var run = new CliRun
        {
            Node = new FakeNode().On(
                "POST /api/services/orders/instances/o-1/drain?timeout=30s",
                """{"service":"orders","id":"o-1","revision":57,"complete":true,"elapsed":"12ms","watchers":3,"waiting":[]}"""),
        };
        Assert.Equal(0, await run.RunAsync("drain orders o-1"));
        Assert.Equal("orders/o-1 drained in 12ms: 3 watchers applied it\n", run.Out);
    }

    [Theory]
    [InlineData("""
        "complete":true,"elapsed":"0s","watchers":0,"waiting":[]
        """, 0, "orders/o-1 drained at once: nobody watches it\n", "")]
    [InlineData("""
        "complete":true,"elapsed":"1ms","watchers":1,"told":1,"waiting":[]
        """, 0, "orders/o-1 drained in 1ms: 1 watcher applied it; 1 event stream was told, which proves nothing\n", "")]
    [InlineData("""
        "complete":true,"elapsed":"1ms","watchers":0,"told":2,"waiting":[]
        """, 0, "orders/o-1 drained in 1ms: 2 event streams were told, which proves nothing\n", "")]
    [InlineData("""
        "complete":false,"elapsed":"1s","watchers":0,"told":0,"waiting":[]
        """, 1, "", "error: orders/o-1 is draining, but who watches was not known yet after 1s.\nThe node was started a moment ago, or is stopping, and somebody may still send to it. Wait again with the same command.\n")]
    public async Task Drain_says_what_is_known_of_those_who_watch(string answer, int code, string output, string error)
    {
        using var run = new CliRun
        {
            Node = new FakeNode().On("POST /api/services/orders/instances/o-1/drain?timeout=30s", $$"""{"service":"orders","id":"o-1","revision":57,{{answer}}}"""),
        };
        Assert.Equal(code, await run.RunAsync("drain orders o-1"));
        Assert.Equal((output, error), (run.Out, run.Error));
    }

    [Fact]
    public async Task A_forced_drain_says_why()
    {
        using var run = new CliRun
        {
            Node = new FakeNode().On("POST /api/services/orders/instances/o-1/drain?timeout=30s&force=new%20disk%20%26%20more", """{"service":"orders","id":"o-1","revision":57,"complete":true,"elapsed":"0s","watchers":0,"waiting":[]}"""),
        };
        Assert.Equal(0, await run.RunAsync(["drain", "orders", "o-1", "--force", "new disk & more"]));
    }

    [Fact]
    public async Task Drain_names_who_has_not_applied_it_and_fails()
    {
        using var run = new CliRun
        {
            Node = new FakeNode().On(
                "POST /api/services/orders/instances/o-1/drain?timeout=5s",
                """
                {"service":"orders","id":"o-1","revision":57,"complete":false,"elapsed":"5s","watchers":3,"waiting":[
                {"id":"stuck","kind":"poll","applied":55,"remote":"10.0.0.9:1","since":"2025-12-31T23:00:00Z","lastSeen":"2025-12-31T23:59:00Z"}]}
                """),
        };
        Assert.Equal(1, await run.RunAsync("drain orders o-1 --timeout 5s"));
        Assert.Equal(
            """
            WATCHER  KIND  APPLIED  CURRENT  REMOTE      AGE  LAST-SEEN
            stuck    poll  55       no       10.0.0.9:1  60m  60s

            """,
            run.Out);
        Assert.Equal(
            """
            error: orders/o-1 is draining, but 1 of 3 watchers had not applied it after 5s.
            Those listed may still send to it. Wait again with the same command, or look at why they are stuck.

            """,
            run.Error);
    }

    [Fact]
    public async Task Drain_as_json_fails_all_the_same()
    {
        using var run = new CliRun
        {
            Node = new FakeNode().On(
                "POST /api/services/orders/instances/o-1/drain?timeout=0s",
                """{"service":"orders","id":"o-1","revision":57,"complete":false,"elapsed":"0s","watchers":1,"waiting":[]}"""),
        };
        Assert.Equal(1, await run.RunAsync("drain orders o-1 --timeout 0s -o json"));
        Assert.Contains("\"complete\": false", run.Out, StringComparison.Ordinal);
        Assert.Empty(run.Error);
    }
}
