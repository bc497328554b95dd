using System.Collections.Concurrent;
using System.Diagnostics;
using Rollcall.TestKit;

namespace Rollcall.TestKube.Tests.RealClients;

/// <summary>Somebody else's program as a process of this test, ended by its id.</summary>
internal sealed class ClientProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentQueue<string> _errors = new();

    public ClientProcess(string program, IEnumerable<string> arguments, string home, string? kubeconfig = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        // What it caches goes into the test's directory, and a proxy of the machine is none of the loopback's.
        start.Environment["HOME"] = home;
        start.Environment["KUBECONFIG"] = kubeconfig ?? "";
        foreach (var proxy in (string[])["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"])
            start.Environment.Remove(proxy);
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_lines, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>What it has printed so far.</summary>
    public string Out => string.Join('\n', _lines);

    public string Error => string.Join('\n', _errors);

    public async Task<int> ExitAsync()
    {
        await Eventually.Within(_process.WaitForExitAsync());
        return _process.ExitCode;
    }

    /// <summary>Waits until it has printed this.</summary>
    public async Task PrintedAsync(Func<string, bool> condition)
    {
        try
        {
            await Eventually.True(() => condition(Out));
        }
        catch (TimeoutException error)
        {
            throw new TimeoutException($"It printed:\n{Out}\n{Error}", error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await Eventually.Within(_process.WaitForExitAsync());
        }

        _process.Dispose();
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
            lines.Enqueue(line);
    }
}
