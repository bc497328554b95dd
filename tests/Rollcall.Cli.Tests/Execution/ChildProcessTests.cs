using System.Runtime.InteropServices;
using Rollcall.Cli.Execution;
using Rollcall.TestKit;

namespace Rollcall.Cli.Tests.Execution;

public sealed class ChildProcessTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rollcall-child-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("exit 7", 7)]
    [InlineData("kill -KILL $$", 137)]
    public async Task Exited_tells_how_it_ended(string script, int expected)
    {
        using var child = ChildProcess.Start("/bin/sh", ["-c", script], setsid: null);
        Assert.Equal(expected, await Eventually.Within(child.Exited));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Signal_reaches_it(bool hasOwnSession)
    {
        var ready = Path.Combine(_directory, "ready");
        var setsid = hasOwnSession ? ProgramFile.TryFind("setsid", Environment.GetEnvironmentVariable("PATH")) : null;
        using var child = ChildProcess.Start("/bin/sh", ["-c", $"trap 'kill $!; exit 9' TERM; sleep 60 & touch {ready}; wait; exit 1"], setsid);
        await Eventually.True(() => File.Exists(ready));
        child.Signal(PosixSignal.SIGTERM);
        Assert.Equal(9, await Eventually.Within(child.Exited));
        child.Signal(PosixSignal.SIGTERM); // after its end: nothing happens
    }

    [Fact]
    public async Task With_a_session_of_its_own_a_signal_reaches_its_children_too()
    {
        var setsid = ProgramFile.TryFind("setsid", Environment.GetEnvironmentVariable("PATH"));
        Assert.SkipWhen(setsid is null, "setsid is not installed");
        var ready = Path.Combine(_directory, "ready");
        var ended = Path.Combine(_directory, "ended");
        var script = $"(trap 'touch {ended}; exit' TERM; sleep 60 & touch {ready}; wait) & wait";
        using var child = ChildProcess.Start("/bin/sh", ["-c", script], setsid);
        await Eventually.True(() => File.Exists(ready));
        child.Signal(PosixSignal.SIGTERM);
        await Eventually.Within(child.Exited);
        await Eventually.True(() => File.Exists(ended));
    }

    [Fact]
    public void Find_looks_in_the_path_and_prefers_what_can_run()
    {
        var first = Directory.CreateDirectory(Path.Combine(_directory, "first")).FullName;
        var second = Directory.CreateDirectory(Path.Combine(_directory, "second")).FullName;
        File.WriteAllText(Path.Combine(first, "prog"), "");
        Write(Path.Combine(second, "prog"));
        Assert.Equal(Path.Combine(second, "prog"), ProgramFile.Find("prog", $"{first}:{second}"));
    }

    [Theory]
    [InlineData("no-such-program", 127, "no-such-program: command not found in PATH.")]
    [InlineData("./no-such-file", 127, "./no-such-file: no such file.")]
    [InlineData("plain", 126, "{0}/plain cannot be run: it is not executable.")]
    [InlineData("/", 126, "/ cannot be run: it is a directory.")]
    public void Find_refuses_as_a_shell_does(string program, int code, string message)
    {
        File.WriteAllText(Path.Combine(_directory, "plain"), "");
        var error = Assert.Throws<CliException>(() => ProgramFile.Find(program, _directory));
        Assert.Equal(code, error.ExitCode);
        Assert.Equal(message.Replace("{0}", _directory, StringComparison.Ordinal), error.Message);
    }

    private static void Write(string file)
    {
        File.WriteAllText(file, "#!/bin/sh\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
