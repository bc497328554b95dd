using System.Diagnostics;
using Rollcall.TestKit;

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

    [Fact]
    public async Task Several_programs_can_share_one_file_for_their_output()
    {
        var (program, file) = (Path.Combine(AppContext.BaseDirectory, "rollcall.dll"), Path.GetTempFileName());
        using var shell = Process.Start("sh", ["-c", $"{{ echo first; dotnet {program} version; dotnet {program} version; }} >{file}"]);
        await Eventually.Within(shell.WaitForExitAsync());
        Assert.Equal($"first\n{ProgramVersion.Current}\n{ProgramVersion.Current}\n", await File.ReadAllTextAsync(file));
        File.Delete(file);
    }

    [Theory]
    [InlineData("0.1.0", "rollcall 0.1.0")]
    [InlineData("0.1.0+short", "rollcall 0.1.0 (short)")]
    [InlineData("0.1.0-beta+df68bb5d2065f9e8e03bed69a18b07c96e2cb6df", "rollcall 0.1.0-beta (df68bb5d2065)")]
    public void ToString_shortens_the_commit(string informational, string expected) =>
        Assert.Equal(expected, ProgramVersion.Parse(informational).ToString());
}
