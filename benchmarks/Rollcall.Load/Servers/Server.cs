using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rollcall.Load.Servers;

/// <summary>A server process on loopback with its data below one folder.</summary>
internal abstract class Server(string data) : IAsyncDisposable
{
    private Process? _process;

    public abstract string Name { get; }

    public int Port { get; } = FreePort();

    public Uri Url => new($"http://127.0.0.1:{Port}");

    protected string Data => data;

    protected abstract string ReadyPath { get; }

    /// <summary>Starts it and returns how long it took until it was ready.</summary>
    public async Task<TimeSpan> StartAsync(CancellationToken cancellationToken)
    {
        var info = new ProcessStartInfo { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        Configure(info);
        var start = TimeProvider.System.GetTimestamp();
        _process = Process.Start(info) ?? throw new InvalidOperationException($"{info.FileName} did not start.");
        var log = new Queue<string>();
        _process.OutputDataReceived += (_, line) => Keep(log, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(log, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        using var http = new HttpClient { BaseAddress = Url };
        while (TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(60))
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"{Name} ended with {_process.ExitCode}:\n{string.Join('\n', log)}");
            try
            {
                using var answer = await http.GetAsync(ReadyPath, cancellationToken);
                if (answer.IsSuccessStatusCode)
                    return TimeProvider.System.GetElapsedTime(start);
            }
            catch (HttpRequestException)
            {
                // not listening yet
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellationToken);
        }

        throw new TimeoutException($"{Name} was not ready within 60 s:\n{string.Join('\n', log)}");
    }

    /// <summary>Ends it at once, as a crash would.</summary>
    public async Task KillAsync()
    {
        if (_process is null)
            return;
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true); // a master leaves its workers behind
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Resident memory in bytes, as the kernel counts it.</summary>
    public long ResidentBytes()
    {
        var line = File.ReadLines($"/proc/{_process!.Id}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>Processor time spent so far, user and system, that of its workers included.</summary>
    public TimeSpan ProcessorTime()
    {
        _process!.Refresh();
        var time = _process.TotalProcessorTime;
        var children = File.ReadAllText($"/proc/{_process.Id}/task/{_process.Id}/children");
        foreach (var child in children.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            using var worker = Process.GetProcessById(int.Parse(child, CultureInfo.InvariantCulture));
            time += worker.TotalProcessorTime;
        }

        return time;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (Directory.Exists(data))
            Directory.Delete(data, recursive: true);
    }

    protected abstract void Configure(ProcessStartInfo info);

    private static void Keep(Queue<string> log, string? line)
    {
        if (line is null)
            return;
        lock (log)
        {
            log.Enqueue(line);
            if (log.Count > 20)
                log.Dequeue();
        }
    }

    protected static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
