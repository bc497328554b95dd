using System.Runtime.InteropServices;
using System.Text.Json;
using Rollcall.Api;
using Rollcall.TestKit;

namespace Rollcall.Cli.Tests.Commands;

public sealed class TargetCommandTests
{
    private static readonly Endpoint One = new("o-1", "10.0.0.1", 8080);
    private static readonly Endpoint Two = new("o-2", "10.0.0.2", 8080) { Weight = 50, Zone = "a" };

    [Fact]
    public async Task Resolve_prints_the_endpoints()
    {
        using var run = new CliRun { Source = new FakeSource().Say(One, Two) };
        Assert.Equal(0, await run.RunAsync("resolve orders"));
        Assert.Equal(
            """
            ID   STATE  HOST      PORTS      WEIGHT  ZONE  AGE  REASON
            o-1  ready  10.0.0.1  http:8080  100     -     -    -
            o-2  ready  10.0.0.2  http:8080  50      a     -    -

            """,
            run.Out);
    }

    [Fact]
    public async Task Resolve_as_json_uses_the_words_of_the_API()
    {
        using var run = new CliRun { Source = new FakeSource().Say(Freshness.Stale("the node is away"), One) };
        Assert.Equal(0, await run.RunAsync("resolve orders -o json"));
        Assert.Equal(
            """
            {
              "target": "rollcall:///orders",
              "revision": 1,
              "observedAt": "2026-01-01T00:00:00Z",
              "freshness": "stale",
              "freshnessReason": "the node is away",
              "endpoints": [
                {
                  "id": "o-1",
                  "address": "10.0.0.1",
                  "ports": {
                    "http": 8080
                  },
                  "state": "ready",
                  "weight": 100
                }
              ]
            }

            """,
            run.Out);
        Assert.Equal("stale: the node is away\n", run.Error);
    }

    [Fact]
    public async Task Resolve_of_nothing_is_exit_code_3()
    {
        using var run = new CliRun { Source = new FakeSource().Say() };
        Assert.Equal(3, await run.RunAsync("resolve orders"));
        Assert.Equal("rollcall:///orders has no endpoints.\n", run.Error);
    }

    [Theory]
    [InlineData("resolve a/b", "error: The target 'a/b' has no scheme. Write rollcall:///a/b for a name, or host:port for an address.\nSee 'rollcall resolve --help'.\n")]
    [InlineData("resolve etcd:///x", "error: No source answers for etcd://.\n")]
    [InlineData("watch etcd:///x", "error: No source answers for etcd://.\n")]
    [InlineData("pick orders --policy best", "error: There is no balancing policy 'best'; there are: least-requests, maglev, peak-ewma, pick-first, random, ring-hash, round-robin.\n")]
    public async Task Wrong_targets_and_policies_are_wrong_usage(string line, string error)
    {
        using var run = new CliRun { Source = new FakeSource() };
        Assert.Equal(2, await run.RunAsync(line));
        Assert.Equal(error, run.Error);
    }

    [Theory]
    [InlineData("resolve orders")]
    [InlineData("watch orders")]
    [InlineData("pick orders")]
    public async Task An_unreachable_node_is_told_from_another_failure(string line)
    {
        var unreachable = new DiscoveryException("Could not ask.", new NodeException("refused", 0, null));
        using var run = new CliRun { Source = new FakeSource { Failure = unreachable } };
        Assert.Equal(4, await Eventually.Within(run.RunAsync(line)));
        using var other = new CliRun { Source = new FakeSource { Failure = new DiscoveryException("The file is gone.") } };
        Assert.Equal(1, await Eventually.Within(other.RunAsync(line)));
        Assert.Equal("error: The file is gone.\n", other.Error);
    }

    [Fact]
    public async Task Watch_in_a_pipe_prints_one_line_per_change()
    {
        var source = new FakeSource().Say(One, Two);
        using var run = new CliRun { Source = source };
        var running = run.RunAsync("watch orders");
        await Eventually.True(() => run.Out.Contains("+ o-2", StringComparison.Ordinal));
        source.Say(One with { State = EndpointState.Draining }, Two);
        await Eventually.True(() => run.Out.Contains("draining", StringComparison.Ordinal));
        source.Say(Freshness.Stale("connection refused"), Two, One with { State = EndpointState.Draining });
        await Eventually.True(() => run.Out.Contains("stale", StringComparison.Ordinal));
        run.Signals.Raise(PosixSignal.SIGINT);
        Assert.Equal(0, await Eventually.Within(running));
        Assert.Equal(
            """
            2026-01-01T00:00:00.000Z  ! live, 2 endpoints
            2026-01-01T00:00:00.000Z  + o-1  10.0.0.1 http:8080 ready
            2026-01-01T00:00:00.000Z  + o-2  10.0.0.2 http:8080 ready
            2026-01-01T00:00:00.000Z  ~ o-1  state ready -> draining
            2026-01-01T00:00:00.000Z  ! stale: connection refused

            """,
            run.Out);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task Watch_as_json_prints_one_document_per_line()
    {
        using var run = new CliRun { Source = new FakeSource().Say(One) };
        var running = run.RunAsync("watch orders -o json");
        await Eventually.True(() => run.Out.EndsWith('\n'));
        run.Signals.Raise(PosixSignal.SIGTERM);
        Assert.Equal(0, await Eventually.Within(running));
        Assert.Equal(
            """
            {"target":"rollcall:///orders","revision":1,"observedAt":"2026-01-01T00:00:00Z","freshness":"live","endpoints":[{"id":"o-1","address":"10.0.0.1","ports":{"http":8080},"state":"ready","weight":100}]}

            """,
            run.Out);
    }

    [Fact]
    public async Task Watch_on_a_terminal_redraws_a_table()
    {
        var source = new FakeSource().Say(One);
        using var run = new CliRun { Source = source, IsTerminal = true };
        var running = run.RunAsync("watch orders");
        await Eventually.True(() => run.Out.Contains("1/1 ready, live", StringComparison.Ordinal));
        source.Say(One, Two);
        await Eventually.True(() => run.Out.Contains("2/2 ready", StringComparison.Ordinal));
        run.Signals.Raise(PosixSignal.SIGINT);
        Assert.Equal(0, await Eventually.Within(running));
        Assert.Contains("10.0.0.2", run.Out, StringComparison.Ordinal);
        Assert.Contains("\u001b[?25h", run.Out, StringComparison.Ordinal); // the cursor is back
    }

    [Fact]
    public async Task Pick_shows_the_distribution_and_who_is_left_out_and_why()
    {
        var source = new FakeSource().Say(
            One,
            Two,
            new Endpoint("o-3", "10.0.0.3", 8080) { State = EndpointState.NotReady, Reason = "warming up" },
            new Endpoint("o-4", "10.0.0.4", 8080) { State = EndpointState.Draining },
            new Endpoint("o-5", "10.0.0.5", 8080) { Weight = 0 });
        using var run = new CliRun { Source = source };
        Assert.Equal(0, await run.RunAsync("pick orders -n 300"));
        Assert.Equal(
            """
            ID   HOST      PORTS      WEIGHT  PICKS  SHARE  EXCLUDED
            o-1  10.0.0.1  http:8080  100     200    66.7%  -
            o-2  10.0.0.2  http:8080  50      100    33.3%  -
            o-3  10.0.0.3  http:8080  100     0      0.0%   not-ready: warming up
            o-4  10.0.0.4  http:8080  100     0      0.0%   draining
            o-5  10.0.0.5  http:8080  0       0      0.0%   its weight is 0

            """,
            run.Out);
    }

    [Theory]
    [InlineData("random")]
    [InlineData("least-requests")]
    public async Task Pick_by_chance_adds_up(string policy)
    {
        using var run = new CliRun { Source = new FakeSource().Say(One, Two) };
        Assert.Equal(0, await run.RunAsync($"pick orders -n 999 --policy {policy} -o json"));
        using var document = JsonDocument.Parse(run.Out);
        var picks = document.RootElement.GetProperty("endpoints").EnumerateArray().Select(static endpoint => endpoint.GetProperty("picks").GetInt32());
        Assert.Equal(999, picks.Sum());
        Assert.Contains($"\"policy\": \"{policy}\"", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pick_among_none_that_is_ready_says_so()
    {
        using var run = new CliRun { Source = new FakeSource().Say(One with { State = EndpointState.NotReady }) };
        Assert.Equal(0, await run.RunAsync("pick orders"));
        Assert.Equal("No endpoint is ready; requests go to the next best.\n", run.Error);
    }

    [Fact]
    public async Task Pick_on_a_terminal_draws_bars()
    {
        using var run = new CliRun { Source = new FakeSource().Say(One, Two), IsTerminal = true };
        Assert.Equal(0, await run.RunAsync("pick orders -n 300"));
        Assert.Contains(new string('█', 40), run.Out, StringComparison.Ordinal);
    }
}
