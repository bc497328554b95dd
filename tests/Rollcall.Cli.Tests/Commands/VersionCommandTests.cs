namespace Rollcall.Cli.Tests.Commands;

public sealed class VersionCommandTests
{
    [Theory]
    [InlineData("version")]
    [InlineData("--version")]
    public async Task Both_ways_to_ask_are_answered_without_a_node(string line)
    {
        using var run = new CliRun();
        Assert.Equal(0, await run.RunAsync(line));
        Assert.Equal($"{ProgramVersion.Current}\n", run.Out);
        Assert.Null(run.Asked);
    }

    [Fact]
    public async Task Json_has_the_number_alone()
    {
        using var run = new CliRun();
        Assert.Equal(0, await run.RunAsync("version -o json"));
        Assert.Contains($"\"number\": \"{ProgramVersion.Current.Number}\"", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.1.0", "rollcall 0.1.0")]
    [InlineData("0.1.0+short", "rollcall 0.1.0 (short)")]
    [InlineData("0.1.0-beta+df68bb5d2065f9e8e03bed69a18b07c96e2cb6df", "rollcall 0.1.0-beta (df68bb5d2065)")]
    public void ToString_shortens_the_commit(string informational, string expected) =>
        Assert.Equal(expected, ProgramVersion.Parse(informational).ToString());
}
