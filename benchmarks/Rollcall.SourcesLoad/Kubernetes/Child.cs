using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Rollcall.SourcesLoad.Kubernetes;

/// <summary>A process whose lines are read with the moment they came.</summary>
internal sealed class Child : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Channel<(long At, string Line)> _lines = Channel.CreateUnbounded<(long, string)>();

    public Child(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
                _lines.Writer.TryWrite((Stopwatch.GetTimestamp(), text));
            else
                _lines.Writer.TryComplete();
        };
        _process.BeginOutputReadLine();
    }

    /// <summary>This program as the application that is measured.</summary>
    public static Child Follower(string kubeconfig, params IEnumerable<string> targets) =>
        new(Environment.ProcessPath!, [.. Launcher(), "follow", kubeconfig, .. targets]);

    /// <summary>The next line that begins so, as words, and when it came.</summary>
    public async Task<(long At, string[] Words)> NextAsync(string beginning)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var (at, line) = await _lines.Reader.ReadAsync(limit.Token);
            if (line.StartsWith(beginning, StringComparison.Ordinal))
                return (at, line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    /// <summary>Forgets lines that have come.</summary>
    public void Skip()
    {
        while (_lines.Reader.TryRead(out _))
        {
        }
    }

    /// <summary>Tells a follower to do something.</summary>
    public async Task TellAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    public async Task<Figures> FiguresAsync()
    {
        await TellAsync("figures");
        var (_, words) = await NextAsync("figures");
        var numbers = words[1..].Select(static word => long.Parse(word, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        return new Figures(TimeSpan.FromTicks(numbers[0]), numbers[1] / 1024d, numbers[2] / 1024d, numbers[3] / 1024d / 1024);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    // Started as "dotnet X.dll" it has to say so to the next one, too.
    private static IEnumerable<string> Launcher() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(Child).Assembly.Location] : [];
}

/// <summary>What a process has used.</summary>
/// <param name="Processor">Processor time so far.</param>
/// <param name="ResidentMegabytes">Memory it has in RAM, libraries that others may share included.</param>
/// <param name="PrivateMegabytes">Of that what is its own alone (RssAnon).</param>
/// <param name="HeapMegabytes">Of that the program's objects.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Figures(TimeSpan Processor, double ResidentMegabytes, double PrivateMegabytes, double HeapMegabytes);
