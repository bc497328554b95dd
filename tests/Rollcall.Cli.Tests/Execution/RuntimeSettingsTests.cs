using Rollcall.Cli.Execution;

namespace Rollcall.Cli.Tests.Execution;

public sealed class RuntimeSettingsTests : IDisposable
{
    public RuntimeSettingsTests() => AppContext.SetSwitch(RuntimeSettings.CompiledAhead, isEnabled: true);

    public void Dispose() => AppContext.SetSwitch(RuntimeSettings.CompiledAhead, isEnabled: false);

    [Theory]
    [InlineData("gossip run", true)]
    [InlineData("gossip run --name a", true)]
    [InlineData("gossip members", false)]
    [InlineData("serve", false)]
    [InlineData("", false)]
    public void Only_a_member_of_a_cluster_has_settings_of_its_own(string line, bool areNeeded) =>
        Assert.Equal(areNeeded && !OperatingSystem.IsWindows(), RuntimeSettings.AreNeeded(line.Split(' '), static _ => null));

    [Fact]
    public void What_has_been_set_is_left_alone() =>
        Assert.False(RuntimeSettings.AreNeeded(["gossip", "run"], static name => name == "DOTNET_TC_CallCounting" ? "0" : null));

    [Fact]
    public void What_is_compiled_as_it_runs_is_not_kept_from_being_compiled_better()
    {
        AppContext.SetSwitch(RuntimeSettings.CompiledAhead, isEnabled: false);
        Assert.False(RuntimeSettings.AreNeeded(["gossip", "run"], static _ => null));
    }

    [Fact]
    public void A_member_runs_as_the_small_program_where_there_is_one()
    {
        var directory = Directory.CreateTempSubdirectory("rollcall-settings-");
        try
        {
            Assert.Null(RuntimeSettings.FindSmall(directory.FullName));
            var small = Path.Combine(directory.CreateSubdirectory("member").FullName, "rollcall-member");
            File.WriteAllText(small, "");
            Assert.Equal(small, RuntimeSettings.FindSmall(directory.FullName));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
