using System.Diagnostics;
using System.Globalization;

namespace Rollcall.GossipLoad.Agents;

/// <summary>What a log line says of a member.</summary>
internal enum Belief
{
    Alive,
    Failed,
}

/// <summary>A process that is a member of a cluster, watched by what it logs: both kinds say at once whom they see come and fail, and asking them would cost more than they do.</summary>
internal abstract class Agent(string program, Fleet fleet, int index) : IDisposable
{
    // As the kernel tells it to programs, whatever its own clock is.
    private const double TicksPerSecond = 100;

    private Process? _process;

    public static string NameOf(int index) => string.Create(CultureInfo.InvariantCulture, $"n{index}");

    public int Index => index;

    public int ProcessId => _process!.Id;

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>When it was started, and when it said that it listens; by the machine's monotonic clock.</summary>
    public long Started { get; private set; }

    public long Listening { get; private set; }

    protected string Program => program;

    // Addresses of their own, as nodes have; all of 127.0.0.0/8 is this machine.
    protected string Address => AddressOf(index);

    protected string? Seed => index == 0 && !fleet.IsFormed ? null : AddressOf(fleet.SeedOf(index));

    /// <summary>Where it may write.</summary>
    protected string Data => fleet.Data;

    public void Start(Network? network)
    {
        var info = new ProcessStartInfo { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        Configure(info);
        network?.Enclose(info);
        Started = Stopwatch.GetTimestamp();
        Listening = 0;
        _process = Process.Start(info) ?? throw new InvalidOperationException($"{info.FileName} did not start.");
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Ends it as a crash would, and returns when that was.</summary>
    public long Kill()
    {
        var at = Stopwatch.GetTimestamp();
        _process!.Kill();
        return at;
    }

    public async Task ClearAsync(CancellationToken cancellationToken)
    {
        await _process!.WaitForExitAsync(cancellationToken);
        _process.Dispose();
        _process = null;
    }

    /// <summary>Seconds of processor time spent so far.</summary>
    public double ProcessorSeconds()
    {
        var stat = File.ReadAllText($"/proc/{ProcessId}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    /// <summary>Memory in bytes: all that is resident, and that with what others have mapped as well divided among them.</summary>
    public (long Resident, long Proportional) Memory()
    {
        var lines = File.ReadAllLines($"/proc/{ProcessId}/smaps_rollup");
        return (Field("Rss:"), Field("Pss:"));

        long Field(string name) =>
            long.Parse(lines.First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    public void Dispose()
    {
        if (_process is null)
            return;
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit(TimeSpan.FromSeconds(5));
        _process.Dispose();
    }

    protected static string AddressOf(int index) => string.Create(CultureInfo.InvariantCulture, $"127.0.1.{1 + index}");

    protected abstract void Configure(ProcessStartInfo info);

    /// <summary>What its log says, before a name, of a member that has come.</summary>
    protected abstract string Joined { get; }

    /// <summary>The same of one that has failed.</summary>
    protected abstract string Failed { get; }

    /// <summary>What it says when others can join it.</summary>
    protected abstract string Listens { get; }

    private void Read(string? line)
    {
        if (line is null)
            return;
        var at = Stopwatch.GetTimestamp();
        fleet.Keep(index, line);
        if (Listening == 0 && line.Contains(Listens, StringComparison.Ordinal))
            Listening = at;
        if (NameAfter(Joined) is { } joined)
            fleet.Observe(index, joined, Belief.Alive, at);
        else if (NameAfter(Failed) is { } failed)
            fleet.Observe(index, failed, Belief.Failed, at);

        string? NameAfter(string what) => line.IndexOf(what, StringComparison.Ordinal) is var start and >= 0 ? line[(start + what.Length)..].Split(' ')[0] : null;
    }
}
