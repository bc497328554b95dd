using System.Diagnostics;
using System.Globalization;
using Rollcall.TestKit;

namespace Rollcall.EndToEnd.Faults;

/// <summary>One of our programs, as a process of its own that can be sent signals.</summary>
internal sealed class RealProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _log;

    private RealProcess(Process process, string log) => (_process, _log) = (process, log);

    /// <summary>Starts <c>dotnet artifacts/bin/PROJECT/CONFIGURATION/ASSEMBLY.dll</c>.</summary>
    /// <param name="project">Where it was built to.</param>
    /// <param name="assembly">Its program.</param>
    /// <param name="arguments">What it is told.</param>
    /// <param name="environment">What it finds there, beyond what this process has.</param>
    /// <param name="log">The file its words are added to.</param>
    public static RealProcess Start(string project, string assembly, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string log)
    {
        // artifacts/bin/Rollcall.EndToEnd/debug/ → artifacts/bin, debug
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        var dll = Path.Combine(own.Parent!.Parent!.FullName, project, own.Name, assembly + ".dll");
        Assert.True(File.Exists(dll), $"{dll} is missing; build {project} first.");

        // The shell replaces itself, so that the process id is the program's.
        string[] command = ["-c", "exec \"$@\" >>\"$0\" 2>&1 </dev/null", log, "dotnet", dll, .. arguments];
        var start = new ProcessStartInfo("/bin/sh", command) { UseShellExecute = false, WorkingDirectory = Path.GetDirectoryName(dll) };
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        return new RealProcess(Process.Start(start)!, log);
    }

    /// <summary>What it has said so far.</summary>
    public string Log => File.Exists(_log) ? File.ReadAllText(_log) : "";

    public bool HasExited => _process.HasExited;

    /// <summary>SIGKILL: it gets no chance to say goodbye.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await Eventually.Within(_process.WaitForExitAsync());
    }

    /// <summary>SIGTERM; the code it ended with.</summary>
    public async Task<int> StopAsync()
    {
        Signal("TERM");
        await Eventually.Within(_process.WaitForExitAsync());
        return _process.ExitCode;
    }

    /// <summary>SIGSTOP: its sockets stay open, and nobody is behind them.</summary>
    public void Freeze() => Signal("STOP");

    /// <summary>SIGCONT.</summary>
    public void Thaw() => Signal("CONT");

    /// <summary>SIGTERM, without waiting for what becomes of it.</summary>
    public void Terminate() => Signal("TERM");

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
