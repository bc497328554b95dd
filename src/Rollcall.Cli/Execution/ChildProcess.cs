using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Rollcall.Cli.Execution;

/// <summary>A program run on behalf of the user, with our own standard streams. Signals are passed on when told to, not before.</summary>
internal sealed partial class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly bool _hasOwnSession;

    private ChildProcess(Process process, bool hasOwnSession)
    {
        _process = process;
        _hasOwnSession = hasOwnSession;
        Exited = WaitAsync();
    }

    /// <summary>Its exit code once it has ended: 128 and the signal's number when a signal ended it.</summary>
    public Task<int> Exited { get; }

    /// <summary>
    /// Starts a program. With a session of its own the terminal's Ctrl-C does not reach it, so that it can be drained first.
    /// </summary>
    /// <param name="file">What to run, as <see cref="ProgramFile"/> found it.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="setsid">The program that makes a session; null to share ours.</param>
    /// <exception cref="CliException">It could not be started.</exception>
    public static ChildProcess Start(string file, IEnumerable<string> arguments, string? setsid)
    {
        var start = new ProcessStartInfo(setsid ?? file) { UseShellExecute = false };
        if (setsid is not null)
            start.ArgumentList.Add(file);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        try
        {
            // Forked, it leads no process group; so setsid becomes the program itself and keeps the process id.
            return new ChildProcess(Process.Start(start)!, setsid is not null);
        }
        catch (Win32Exception error)
        {
            throw new CliException(ExitCode.CannotRun, $"{file} could not be started: {error.Message}.", "The registration was taken back.");
        }
    }

    /// <summary>Sends it a signal; to the whole session when it has one of its own, as a terminal would have done.</summary>
    public void Signal(PosixSignal signal)
    {
        if (Exited.IsCompleted || _process.HasExited)
            return;
        if (OperatingSystem.IsWindows())
        {
            _process.Kill();
            return;
        }

        var number = NumberOf(signal);
        if (!_hasOwnSession || Kill(-_process.Id, number) != 0)
            _ = Kill(_process.Id, number);
    }

    public void Dispose() => _process.Dispose();

    private static int NumberOf(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGHUP => 1,
        PosixSignal.SIGINT => 2,
        PosixSignal.SIGQUIT => 3,
        _ => 15,
    };

    private async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
