using System.Net;

namespace Rollcall.Cli.Tests.Commands;

public sealed class ReadCommandTests
{
    private const string Services = """
        {"revision":57,"services":[
        {"name":"orders","instances":3,"ready":2,"draining":1,"notReady":0,"watchers":4,"revision":57},
        {"name":"a-much-longer-name","instances":1,"ready":1,"draining":0,"notReady":0,"watchers":0,"revision":3},
        {"name":"nobody-left","instances":0,"ready":0,"draining":0,"notReady":0,"watchers":1,"revision":9}]}
        """;

    private const string Orders = """
        {"service":"orders","revision":57,"epoch":"5f0c","instances":[
        {"id":"o-1","address":"10.0.0.5","ports":{"admin":8081,"http":8080},"state":"ready","weight":100,"zone":"a","node":"m7","metadata":{"version":"v2"},"since":"2025-12-31T23:59:18Z","revision":42},
        {"id":"o-2","address":"10.0.0.6","ports":{"http":8080},"state":"not-ready","reason":"http://10.0.0.6/health answered 503","weight":50,"since":"2025-12-31T20:00:00Z","revision":57}]}
        """;

    [Fact]
    public async Task Services_lists_names_and_counts()
    {
        using var run = new CliRun { Node = new FakeNode().On("GET /api/services", Services) };
        Assert.Equal(0, await run.RunAsync("services"));
        Assert.Equal(
            """
            NAME                READY  DRAINING  NOT-READY  WATCHERS
            orders              2/3    1         0          4
            a-much-longer-name  1/1    0         0          0
            nobody-left         0/0    0         0          1

            """,
            run.Out);
        Assert.Empty(run.Error);
        Assert.Equal("http://127.0.0.1:7655/", run.Asked!.AbsoluteUri);
    }

    [Fact]
    public async Task Services_of_an_empty_node_says_so_beside_the_output()
    {
        using var run = new CliRun { Node = new FakeNode().On("GET /api/services", """{"revision":0,"services":[]}""") };
        Assert.Equal(0, await run.RunAsync("services"));
        Assert.Empty(run.Out);
        Assert.StartsWith("No services.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_the_document_of_the_API_indented()
    {
        using var run = new CliRun { Node = new FakeNode().On("GET /api/services", """{"revision":1,"services":[]}""") };
        Assert.Equal(0, await run.RunAsync("services -o json"));
        Assert.Equal(
            """
            {
              "revision": 1,
              "services": []
            }

            """,
            run.Out);
    }

    [Fact]
    public async Task Instances_lists_state_place_age_and_reason()
    {
        using var run = new CliRun { Node = new FakeNode().On("GET /api/services/orders", Orders) };
        Assert.Equal(0, await run.RunAsync("instances orders"));
        Assert.Equal(
            """
            ID   STATE      HOST      PORTS                 WEIGHT  ZONE  AGE  REASON
            o-1  ready      10.0.0.5  admin:8081,http:8080  100     a     42s  -
            o-2  not-ready  10.0.0.6  http:8080             50      -     4h   http://10.0.0.6/health answered 503

            """,
            run.Out);
    }

    [Fact]
    public async Task Instances_says_who_is_avoided_by_callers()
    {
        using var run = new CliRun
        {
            Node = new FakeNode().On("GET /api/services/orders", Orders).On("GET /api/services/orders/findings", """
                {"service":"orders","findings":[
                  {"instance":"o-2","reason":"silent","times":1,"caller":"a"},{"instance":"o-2","reason":"unreachable","times":1,"caller":"b"},
                  {"instance":"o-2","reason":"unreachable","times":1,"caller":"c"}]}
                """),
        };
        Assert.Equal(0, await run.RunAsync("instances orders"));
        Assert.Equal(
            """
            ID   STATE      HOST      PORTS                 WEIGHT  ZONE  AGE  AVOIDED BY       REASON
            o-1  ready      10.0.0.5  admin:8081,http:8080  100     a     42s  -                -
            o-2  not-ready  10.0.0.6  http:8080             50      -     4h   3 (unreachable)  http://10.0.0.6/health answered 503

            """,
            run.Out);
    }

    [Fact]
    public async Task Instances_wide_adds_machine_and_labels()
    {
        using var run = new CliRun { Node = new FakeNode().On("GET /api/services/orders", Orders) };
        Assert.Equal(0, await run.RunAsync("instances orders -o wide"));
        Assert.Contains("AGE  NODE  METADATA    REASON", run.Out, StringComparison.Ordinal);
        Assert.Contains("42s  m7    version=v2  -", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Instances_passes_on_filters_and_counts_ages_from_the_moment_asked_for()
    {
        var node = new FakeNode().On("GET /api/services/orders?ready=true&zone=a&at=30s", Orders);
        using var run = new CliRun { Node = node };
        Assert.Equal(0, await run.RunAsync("instances orders --ready --zone a --at 30s"));
        Assert.Contains("  12s  ", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watchers_tells_who_is_behind()
    {
        using var run = new CliRun
        {
            Node = new FakeNode().On("GET /api/services/orders/watchers", """
                {"service":"orders","revision":57,"watchers":[
                {"id":"checkout-1","kind":"poll","applied":57,"remote":"10.0.0.9:4711","since":"2025-12-31T23:00:00Z","lastSeen":"2025-12-31T23:59:58Z"},
                {"id":"stuck","kind":"stream","applied":55,"since":"2025-12-31T23:00:00Z","lastSeen":"2025-12-31T23:59:00Z"}]}
                """),
        };
        Assert.Equal(0, await run.RunAsync("watchers orders"));
        Assert.Equal(
            """
            WATCHER     KIND    APPLIED  CURRENT  REMOTE         AGE  LAST-SEEN
            checkout-1  poll    57       yes      10.0.0.9:4711  60m  2s
            stuck       stream  55       no       -              60m  60s

            """,
            run.Out);
    }

    [Fact]
    public async Task History_lists_changes_and_says_where_it_begins()
    {
        var node = new FakeNode().On("GET /api/history?service=orders&since=10m", """
            {"completeSince":"2025-12-31T23:55:00Z","truncated":false,"changes":[
            {"revision":56,"time":"2025-12-31T23:59:00.5Z","kind":"registered","service":"orders","id":"o-1","state":"ready"},
            {"revision":57,"time":"2025-12-31T23:59:30Z","kind":"expired","service":"orders","id":"o-2","state":"not-ready","reason":"lease ran out"}]}
            """);
        using var run = new CliRun { Node = node };
        Assert.Equal(0, await run.RunAsync("history orders --since 10m"));
        Assert.Equal(
            """
            TIME                      REVISION  KIND        SERVICE  ID   STATE      REASON
            2025-12-31T23:59:00.500Z  56        registered  orders   o-1  ready      -
            2025-12-31T23:59:30.000Z  57        expired     orders   o-2  not-ready  lease ran out

            """,
            run.Out);
        Assert.Equal("History is complete from 2025-12-31T23:55:00.000Z on only.\n", run.Error);
    }

    [Fact]
    public async Task Status_is_an_overview_and_speaks_up_when_something_is_wrong()
    {
        using var run = new CliRun
        {
            Node = new FakeNode().On("GET /api/status", """
                {"version":"0.1.0","epoch":"5f0c","revision":57,"started":"2025-12-31T21:00:00Z","services":2,"instances":1,"watchers":4,
                "journal":{"durability":"fsync","directory":"/data","bytes":1536,"segments":2,"writable":false,"problem":"The disk is full. Free some space.","recovery":"An unfinished write was cut."},
                "guard":{"active":true,"reason":"12 of 30 leases lapsed within 10s","since":"2025-12-31T23:58:30Z","heldLeases":12},"residentBytes":100663296}
                """),
        };
        Assert.Equal(0, await run.RunAsync("status"));
        Assert.Equal(
            """
            Node:     http://127.0.0.1:7655, version 0.1.0, up 3h
            Holds:    1 instance of 2 services, 4 watchers
            Revision: 57 of epoch 5f0c
            Journal:  /data, 1.5 KiB in 2 segments, durability fsync
            Writes:   refused: The disk is full. Free some space.
            Recovery: An unfinished write was cut.
            Expiry:   suspended for 90s, 12 leases kept: 12 of 30 leases lapsed within 10s
            Memory:   96 MiB

            """,
            run.Out);
    }

    [Fact]
    public async Task What_does_not_exist_is_exit_code_3()
    {
        using var run = new CliRun
        {
            Node = new FakeNode().Refuse("GET /api/services/nope", HttpStatusCode.NotFound, "service-not-found", "There is no service 'nope'."),
        };
        Assert.Equal(3, await run.RunAsync("instances nope"));
        Assert.Equal("error: Could not ask for the service nope: There is no service 'nope'.\nSee what there is with 'rollcall services'.\n", run.Error);
        Assert.Empty(run.Out);
    }

    [Theory]
    [InlineData("services")]
    [InlineData("status -o json")]
    [InlineData("deregister a b")]
    public async Task A_node_that_is_not_there_is_exit_code_4(string line)
    {
        // Port 1 (tcpmux) is reserved and closed.
        using var run = new CliRun();
        Assert.Equal(4, await run.RunAsync($"--node 127.0.0.1:1 {line}"));
        Assert.Contains("connection refused (http://127.0.0.1:1)", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Something_else_behind_the_address_is_exit_code_4()
    {
        using var run = new CliRun { Node = new FakeNode().On("GET /api/services", "<html/>") };
        Assert.Equal(4, await run.RunAsync("services"));
        Assert.Contains("in a form no Rollcall node uses", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_node_comes_from_the_option_else_the_variable()
    {
        using var run = new CliRun { Node = new FakeNode().On("GET /api/services", Services), Variables = { ["ROLLCALL_NODE"] = "10.0.0.1:80" } };
        await run.RunAsync("services");
        Assert.Equal("http://10.0.0.1/", run.Asked!.AbsoluteUri);
        await run.RunAsync("services --node https://other:1");
        Assert.Equal("https://other:1/", run.Asked!.AbsoluteUri);
    }

    [Fact]
    public async Task A_wrong_variable_is_wrong_usage()
    {
        using var run = new CliRun { Variables = { ["ROLLCALL_NODE"] = "ftp://x" } };
        Assert.Equal(2, await run.RunAsync("services"));
        Assert.StartsWith("error: ROLLCALL_NODE: 'ftp://x' is no address of a node.", run.Error, StringComparison.Ordinal);
    }
}
