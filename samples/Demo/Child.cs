using System.Diagnostics;
using System.Globalization;

namespace Demo;

/// <summary>A process of the demo. Its own words go to a file; standard output can be read instead.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process _process;

    private Child(string name, string log, Process process)
    {
        Name = name;
        Log = log;
        _process = process;
        Pid = process.Id;
        Ended = process.WaitForExitAsync();
    }

    public string Name { get; }

    public int Pid { get; }

    /// <summary>The file with what it wrote.</summary>
    public string Log { get; }

    /// <summary>Completes when the process has ended.</summary>
    public Task Ended { get; }

    /// <summary>Set before it is told to end: from then on its end is no surprise.</summary>
    public bool MayEnd { get; private set; }

    public ChildState State { get; private set; } = ChildState.Running;

    public StreamReader Output => _process.StandardOutput;

    /// <summary>Starts <c>dotnet DLL ARGUMENTS</c>. The shell replaces itself, so that the process id is the program's.</summary>
    public static Child Start(string name, string dll, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string log, bool readOutput)
    {
        var redirect = readOutput ? "2>>\"$0\"" : ">>\"$0\" 2>&1";
        var start = new ProcessStartInfo("/bin/sh") 
        {
            RedirectStandardOutput = readOutput,
            UseShellExecute = false,
            WorkingDirectory = Path.GetDirectoryName(dll), // where its settings are
        };
        string[] command = ["-c", $"exec \"$@\" {redirect} </dev/null", log, DotNet, dll, .. arguments];
        foreach (var argument in command)
            start.ArgumentList.Add(argument);
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        var process = Process.Start(start) ?? throw new DemoException($"{name} could not be started.");
        return new Child(name, log, process);
    }

    public void Signal(int signal)
    {
        if (signal == Signals.Kill || signal == Signals.Terminate)
        {
            MayEnd = true;
            State = signal == Signals.Kill ? ChildState.Killed : ChildState.Stopping;
        }
        else
        {
            State = signal == Signals.Stop ? ChildState.Frozen : ChildState.Running;
        }

        Signals.Send(Pid, signal);
    }

    /// <summary>Notes that it has ended; it must have done so in order.</summary>
    public void Close()
    {
        if (_process.ExitCode != 0)
            throw new DemoException(string.Create(CultureInfo.InvariantCulture, $"{Name} (pid {Pid}) was told to stop and ended with code {_process.ExitCode}; what it wrote is in {Log}."));
        State = ChildState.Stopped;
    }

    public void Dispose() => _process.Dispose();

    private static string DotNet =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
}

internal enum ChildState
{
    Running,
    Frozen,
    Stopping,
    Stopped,
    Killed,
}
