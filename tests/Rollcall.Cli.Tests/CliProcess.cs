using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Rollcall.TestKit;

namespace Rollcall.Cli.Tests;

/// <summary>The real program as a real process.</summary>
internal sealed class CliProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly SharedText _out = new();
    private readonly SharedText _error = new();

    public CliProcess(IEnumerable<string> arguments, params (string Name, string Value)[] variables)
        : this(arguments, user: null, variables)
    {
    }

    /// <param name="arguments">Of its command line.</param>
    /// <param name="user">As whom it runs, which takes root; null for the user of the test.</param>
    /// <param name="variables">Its environment, beside that of the test.</param>
    public CliProcess(IEnumerable<string> arguments, uint? user, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(user is null ? "dotnet" : "setpriv") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        if (user is { } id)
        {
            start.ArgumentList.Add(string.Create(CultureInfo.InvariantCulture, $"--reuid={id}"));
            start.ArgumentList.Add("--clear-groups");
            start.ArgumentList.Add("dotnet");
        }

        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "rollcall.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment.Remove("ROLLCALL_NODE");
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_out, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_error, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    public async Task<int> ExitAsync()
    {
        await Eventually.Within(_process.WaitForExitAsync());
        return _process.ExitCode;
    }

    public async Task SignalAsync(PosixSignal signal)
    {
        using var kill = Process.Start("kill", [signal == PosixSignal.SIGINT ? "-INT" : "-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        await _out.DisposeAsync();
        await _error.DisposeAsync();
    }

    private static void Keep(SharedText text, string? line)
    {
        if (line is not null)
            text.WriteLine(line);
    }
}
