using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Rollcall.TestKit.Programs;

/// <summary>A program that runs beside the test, whose words are kept with the time they came, and that can be sent signals. It ends with the test.</summary>
public sealed class TestProgram : IAsyncDisposable
{
    private readonly ConcurrentQueue<ProgramLine> _lines = new();
    private readonly Process _process;

    private TestProgram(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it wrote, to either output, oldest first.</summary>
    public IEnumerable<ProgramLine> Lines => _lines;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts it.</summary>
    /// <param name="command">The program and what it is told.</param>
    public static TestProgram Start(params IReadOnlyList<string> command) => new(Describe(command));

    /// <summary>Runs a program to its end: its code, and all it wrote.</summary>
    /// <param name="command">The program and what it is told.</param>
    public static async Task<(int Code, string Output)> RunAsync(params IReadOnlyList<string> command)
    {
        using var process = Process.Start(Describe(command))!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await Eventually.Within(process.StandardOutput.ReadToEndAsync());
        await Eventually.Within(process.WaitForExitAsync());
        return (process.ExitCode, output + await Eventually.Within(errors));
    }

    /// <summary>Ends it as SIGKILL does.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Freezes it as SIGSTOP does, or ends that.</summary>
    public void Freeze(bool frozen) => Signal(frozen ? "STOP" : "CONT");

    /// <summary>Sends a signal, such as <c>TERM</c>.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>The code it ends with.</summary>
    public async Task<int> EndAsync()
    {
        await Eventually.Within(_process.WaitForExitAsync());
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await Eventually.Within(_process.WaitForExitAsync());
        _process.Dispose();
    }

    private static ProcessStartInfo Describe(IReadOnlyList<string> command) => new(command[0], command.Skip(1))
    {
        UseShellExecute = false,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        StandardOutputEncoding = Encoding.UTF8,
        StandardErrorEncoding = Encoding.UTF8,
    };

    private void Keep(string? line)
    {
        if (line is not null)
            _lines.Enqueue(new(TimeProvider.System.GetTimestamp(), line));
    }
}
