namespace Rollcall.Cli.Tests.Execution;

public sealed class ErrorReportTests
{
    [Theory]
    [InlineData("gossip frobnicate", 2)]
    [InlineData("gossip members --control /nowhere/a.sock", 4)]
    [InlineData("gossip keys generate", 0)]
    public async Task A_report_that_cannot_be_written_changes_no_exit_code(string line, int code)
    {
        using var run = new CliRun { StandardError = new FullDisk() };
        Assert.Equal(code, await run.RunAsync(line));
    }

    [Fact]
    public async Task An_answer_that_cannot_be_written_is_a_failure_and_the_report_of_it_may_fail_as_well()
    {
        using var run = new CliRun { StandardOutput = new FullDisk(), StandardError = new FullDisk() };
        Assert.Equal(1, await run.RunAsync("gossip keys generate"));
    }
}
