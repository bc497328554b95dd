namespace Rollcall.Cli.Tests.Usage;

public sealed class UsageErrorsTests
{
    [Theory]
    [InlineData("servces", "unknown command 'servces'; did you mean 'services'?", "rollcall")]
    [InlineData("frobnicate", "unknown command 'frobnicate'.", "rollcall")]
    [InlineData("services extra", "unexpected argument 'extra'.", "rollcall services")]
    [InlineData("instances", "missing SERVICE.", "rollcall instances")]
    [InlineData("drain", "missing SERVICE and ID.", "rollcall drain")]
    [InlineData("services --node", "missing the value of --node.", "rollcall services")]
    [InlineData("instances orders --redy", "unknown option --redy; did you mean --ready?", "rollcall instances")]
    [InlineData("instances --redy", "unknown option --redy; did you mean --ready?", "rollcall instances")]
    [InlineData("services --nod=x", "unknown option --nod; did you mean --node?", "rollcall services")]
    [InlineData("services -x", "unknown option -x.", "rollcall services")]
    [InlineData("services -o yaml", "--output: 'yaml' is no format; there are table, wide and json.", "rollcall services")]
    [InlineData("services --node ftp://x", "--node: 'ftp://x' is no address of a node. Write it like http://127.0.0.1:7655.", "rollcall services")]
    [InlineData("history --limit 0", "--limit: '0' is not a whole number from 1 to 10000.", "rollcall history")]
    [InlineData("history --limit -5", "--limit: '-5' is not a whole number from 1 to 10000.", "rollcall history")]
    [InlineData("drain a b --timeout 11m", "--timeout: '11m' is not a duration from 0s to 10m. Write it like 500ms, 30s or 5m.", "rollcall drain")]
    [InlineData("instances a --at noon", "--at: 'noon' is no time. Write a duration ago such as 10m, or ISO 8601 such as 2026-01-31T12:00:00Z.", "rollcall instances")]
    [InlineData("instances ORDERS", "SERVICE: 'ORDERS' is no name. Names are 1 to 63 of a-z 0-9 -, with a letter or digit at both ends, such as orders.", "rollcall instances")]
    [InlineData("drain orders a..b", "ID: 'a..b' is no name. Names are 1 to 128 of a-z 0-9 - and dots, with a letter or digit around each dot, such as orders-1.", "rollcall drain")]
    [InlineData("drain a b --timeout 1s --timeout 2s", "Option '--timeout' expects a single argument but 2 were provided.", "rollcall drain")]
    public async Task A_wrong_line_is_answered_by_what_is_wrong_and_where_to_look(string line, string message, string command)
    {
        using var run = new CliRun { Node = new FakeNode() };
        Assert.Equal(2, await run.RunAsync(line));
        Assert.Equal($"error: {message}\nSee '{command} --help'.\n", run.Error);
        Assert.Empty(run.Out);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-o json")]
    public async Task No_command_prints_the_help_on_standard_error(string line)
    {
        using var run = new CliRun();
        Assert.Equal(2, await run.RunAsync(line));
        Assert.StartsWith("Rollcall knows", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    [Theory]
    [InlineData("--help", "Rollcall knows")]
    [InlineData("-h", "Rollcall knows")]
    [InlineData("drain --help", "Takes an instance out of service")]
    [InlineData("drain orders --timeout x -h", "Takes an instance out of service")]
    public async Task Help_wins_over_every_fault(string line, string start)
    {
        using var run = new CliRun();
        Assert.Equal(0, await run.RunAsync(line));
        Assert.StartsWith(start, run.Out, StringComparison.Ordinal);
        Assert.Empty(run.Error);
    }
}
