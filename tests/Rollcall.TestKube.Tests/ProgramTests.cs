using System.Diagnostics;
using System.Globalization;
using Rollcall.TestKube.Tests.RealClients;

namespace Rollcall.TestKube.Tests;

/// <summary>The double as a program, started by hand.</summary>
public sealed class ProgramTests
{
    [Fact]
    public async Task It_says_how_to_use_it_holds_something_to_look_at_and_ends_on_Ctrl_C_leaving_nothing()
    {
        await using var program = Start();
        await program.PrintedAsync(static text => text.Contains("Ctrl-C", StringComparison.Ordinal));
        var kubeconfig = program.Out.Split('\n').Single(static line => line.StartsWith("export KUBECONFIG=", StringComparison.Ordinal))["export KUBECONFIG=".Length..];
        using (var kubectl = new Kubectl(await File.ReadAllTextAsync(kubeconfig)))
        {
            await kubectl.RunAsync("rollout", "status", "statefulset", "orders", "--timeout", "20s");
            Assert.Equal("pod/orders-0\npod/orders-1\npod/orders-2", await kubectl.RunAsync("get", "pods", "-o", "name"));
        }

        using (var kill = Process.Start("kill", ["-INT", program.Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        Assert.Equal(0, await program.ExitAsync());
        Assert.Equal("", program.Error);
        Assert.False(Directory.Exists(Path.GetDirectoryName(kubeconfig)));
    }

    [Fact]
    public async Task A_directory_that_was_given_stays_and_a_port_that_is_taken_is_said()
    {
        var folder = Directory.CreateTempSubdirectory("rollcall-testkube-");
        try
        {
            await using var cluster = await KubeServer.StartAsync();
            await using var program = Start("--dir", folder.FullName, "--port", cluster.Port.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(1, await program.ExitAsync());
            Assert.Contains($"Cannot listen on 127.0.0.1:{cluster.Port}", program.Error, StringComparison.Ordinal);
            Assert.True(Directory.Exists(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("--help", 0)]
    [InlineData("--prot", 2)]
    public async Task What_it_does_not_know_it_says(string argument, int code)
    {
        await using var program = Start(argument);
        Assert.Equal(code, await program.ExitAsync());
        Assert.Contains("Usage: rollcall-testkube", code == 0 ? program.Out : program.Error, StringComparison.Ordinal);
    }

    private static ClientProcess Start(params string[] arguments) =>
        new("dotnet", [Path.Combine(AppContext.BaseDirectory, "rollcall-testkube.dll"), .. arguments], Path.GetTempPath());
}
