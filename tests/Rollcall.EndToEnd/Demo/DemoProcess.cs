using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Rollcall.TestKit;

namespace Rollcall.EndToEnd.Demo;

/// <summary>A demo as demo.sh runs it, from what was built beside these tests.</summary>
internal sealed class DemoProcess : IDisposable
{
    // The demo's own waits end it long before; this one is for when those are broken.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    // Inherited by every process of the run, which is how those that are left behind are known.
    private const string RunVariable = "ROLLCALL_DEMO_RUN";

    private readonly string _run = Guid.NewGuid().ToString("N");
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Task _read;

    /// <param name="name">Which of them.</param>
    public DemoProcess(string name = "Demo")
    {
        var dll = Path.Combine(Binaries, name, Configuration, name + ".dll");
        Assert.True(File.Exists(dll), $"{dll} is missing; build the project {name} first.");
        var start = new ProcessStartInfo("dotnet", [dll]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment[RunVariable] = _run;
        _process = Process.Start(start)!;
        _read = Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
    }

    // artifacts/bin/Rollcall.EndToEnd/debug/ → artifacts/bin, debug
    private static DirectoryInfo Own { get; } = new(AppContext.BaseDirectory.TrimEnd('/'));

    private static string Configuration => Own.Name;

    private static string Binaries => Own.Parent!.Parent!.FullName;

    public IReadOnlyList<string> Lines => [.. _lines];

    public string Text => string.Join('\n', _lines);

    public Task SeenAsync(string text) => Eventually.True(() => _process.HasExited || _lines.Any(line => line.Contains(text, StringComparison.Ordinal)));

    public void Interrupt()
    {
        using var kill = Process.Start("kill", ["-INT", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async Task<int> EndAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        await _process.WaitForExitAsync(limit.Token);
        await Eventually.Within(_read);
        return _process.ExitCode;
    }

    /// <summary>Command lines of processes that this demo started, however far down, and that still run.</summary>
    public IReadOnlyList<string> LeftBehind() =>
        [.. Directory.EnumerateDirectories("/proc")
            .Where(static directory => int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out _))
            .Where(directory => Read(directory, "environ").Contains($"{RunVariable}={_run}", StringComparison.Ordinal))
            .Select(static directory => Read(directory, "cmdline"))
            .Where(static line => line.Length > 0)]; // one that has ended and not been waited for has none

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static string Read(string directory, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, file)).Replace('\0', ' ');
        }
        catch (IOException)
        {
            return ""; // it has ended meanwhile
        }
        catch (UnauthorizedAccessException)
        {
            return ""; // somebody else's
        }
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
            _lines.Enqueue(line);
    }
}
