using System.Text.Json;

namespace Rollcall.Cli.Tests.Commands;

public sealed class ExplainCommandTests
{
    private static readonly Endpoint One = new("o-1", "10.0.0.1", 8080) { Zone = "a", Metadata = new SmallMap<string>([new("version", "v2")]) };
    private static readonly Endpoint Two = new("o-2", "10.0.0.2", 8080) { Zone = "b", Metadata = new SmallMap<string>([new("version", "v2")]) };
    private static readonly Endpoint Three = new("o-3", "10.0.0.3", 8080) { Zone = "a" };
    private static readonly Endpoint Four = Two with { Id = "o-4", Zone = "a", State = EndpointState.NotReady, Reason = "warming up" };

    [Fact]
    public async Task Explain_tells_the_snapshot_the_filters_the_candidates_and_the_winner()
    {
        using var run = new CliRun { Source = new FakeSource().Say(Freshness.Stale("the node is away"), One, Two, Three, Four) };
        Assert.Equal(0, await run.RunAsync("explain orders --policy round-robin --zone a --subset version=v2 --key abc"));
        Assert.Equal(
            """
            Target:   rollcall:///orders
            Snapshot: 4 endpoints, revision 1, stale (the node is away), 0s old
            Policy:   round-robin
            Key:      abc (hash 44bc2cf5ad770999)

            FILTER  LEAVES  ID   REASON
            subset  3 of 4  -    -
            subset  3 of 4  o-3  it has no label version
            zone    2 of 3  -    100 % stays in zone a.
            zone    2 of 3  o-2  in zone b; all stays in a
            ready   1 of 2  -    -
            ready   1 of 2  o-4  not-ready: warming up

            CANDIDATE  HOST      GROUP  ZONE  WEIGHT  SHARE   IN-FLIGHT  SCORE  AVOIDED
            o-1        10.0.0.1  0      a     100     100.0%  0          -      -

            Winner:   o-1. It is the only one left.

            """,
            run.Out);
    }

    [Fact]
    public async Task Explain_as_json_is_the_document_of_the_API()
    {
        using var run = new CliRun { Source = new FakeSource().Say(One, Two) };
        Assert.Equal(0, await run.RunAsync("explain orders -o json"));
        using var document = JsonDocument.Parse(run.Out);
        Assert.Equal(2, document.RootElement.GetProperty("considered").GetInt32());
        Assert.Equal("peak-ewma", document.RootElement.GetProperty("policy").GetString());
        Assert.Equal(2, document.RootElement.GetProperty("candidates").GetArrayLength());
    }

    [Theory]
    [InlineData("explain orders --subset version=v9", "Winner:   Nobody: none of its 2 usable endpoints has version=v9 (there are: version v2 on 2).")]
    [InlineData("explain orders --subset region=eu", "Winner:   Nobody: none of its 2 usable endpoints has region=eu (there are: region none on 2).")]
    public async Task Explain_of_nobody_is_exit_code_3(string line, string last)
    {
        using var run = new CliRun { Source = new FakeSource().Say(One, Two) };
        Assert.Equal(3, await run.RunAsync(line));
        Assert.EndsWith(last + "\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pick_filters_as_well()
    {
        using var run = new CliRun { Source = new FakeSource().Say(One, Two, Four with { Priority = 1, State = EndpointState.Ready }) };
        Assert.Equal(0, await run.RunAsync("pick orders -n 10 --zone a"));
        Assert.Equal(
            """
            ID   HOST      PORTS      WEIGHT  PICKS  SHARE   EXCLUDED
            o-1  10.0.0.1  http:8080  100     10     100.0%  -
            o-2  10.0.0.2  http:8080  100     0      0.0%    in zone b; all stays in a
            o-4  10.0.0.2  http:8080  100     0      0.0%    failover group 1 is for when nobody of an earlier one can be reached

            """,
            run.Out);
        using var nobody = new CliRun { Source = new FakeSource().Say(One) };
        Assert.Equal(3, await nobody.RunAsync("pick orders --subset version=v9"));
    }
}
